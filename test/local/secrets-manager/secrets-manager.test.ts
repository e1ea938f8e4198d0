import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { running, runningShop } from '../engine/running.ts';
import { newFolder, writeAssembly } from '../engine/written-assembly.ts';
import { FUNCTION, roleWith, shopOf } from '../permissions/function-fixture.ts';
import { errorOf } from '../sqs/sqs-fixture.ts';

const secret = (properties: object = {}) => ({
  Type: 'AWS::SecretsManager::Secret',
  Properties: { Name: 'webhook', ...properties },
});

async function secretsOf(resources: object) {
  const engine = await runningShop({ Resources: resources, Outputs: { arn: { Value: { Ref: 'Secret' } } } });
  const client = new SecretsManagerClient(engine.clientConfig);
  const get = async (input: object = {}) =>
    client.send(new GetSecretValueCommand({ SecretId: 'webhook', ...input }));
  return { engine, client, get, arn: engine.outputs.Shop?.arn };
}

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
test('GetSecretValue: a secret of a template is read by its name, its ARN, and its ARN without what AWS adds', async () => {
  const { get, arn } = await secretsOf({ Secret: secret({ SecretString: 'one' }) });

  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook-[0-9a-f]{6}$/);
  for (const SecretId of ['webhook', arn, arn?.slice(0, -7)]) {
    expect(await get({ SecretId })).toMatchObject({
      ARN: arn,
      Name: 'webhook',
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
    });
  }
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
test('GenerateSecretString: a password of the given length and characters, with each type of them', async () => {
  const { get } = await secretsOf({
    Secret: secret({
      GenerateSecretString: { PasswordLength: 8, ExcludePunctuation: true, ExcludeCharacters: 'abc1' },
    }),
  });

  const { SecretString = '' } = await get();

  expect(SecretString).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[d-zA-Z02-9]{8}$/);
});

test('GenerateSecretString: into a template', async () => {
  const { get } = await secretsOf({
    Secret: secret({
      GenerateSecretString: { SecretStringTemplate: '{"user":"api"}', GenerateStringKey: 'password' },
    }),
  });

  expect(JSON.parse((await get()).SecretString ?? '')).toEqual({
    user: 'api',
    password: expect.stringMatching(/^.{32}$/),
  });
});

test.each([
  [{ PasswordLength: 2 }, 'no password of 2 characters has these types of characters'],
  [{ GenerateStringKey: 'password' }, 'GenerateStringKey and SecretStringTemplate must be given together'],
  [
    { GenerateStringKey: 'password', SecretStringTemplate: '[]' },
    'SecretStringTemplate must be a JSON object, got []',
  ],
])('GenerateSecretString fails on %j', async (GenerateSecretString, problem) => {
  await expect(secretsOf({ Secret: secret({ GenerateSecretString }) })).rejects.toThrow(problem);
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
test('PutSecretValue gives a secret another value; the one before is kept as the previous one', async () => {
  const { client, get } = await secretsOf({ Secret: secret({ SecretString: 'one' }) });

  const { VersionId } = await client.send(
    new PutSecretValueCommand({ SecretId: 'webhook', SecretString: 'two' }),
  );

  expect(await get()).toMatchObject({ SecretString: 'two', VersionId });
  expect((await get({ VersionId })).SecretString).toBe('two');
  expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
  expect((await errorOf(get({ VersionId: 'none-of-them-at-all-really-not-one' }))).name).toBe(
    'ResourceNotFoundException',
  );
});

test('PutSecretValue repeated with its token changes nothing, and fails with another value', async () => {
  const { client, get } = await secretsOf({ Secret: secret({ SecretString: 'one' }) });
  const put = (SecretString: string) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: 'webhook',
        SecretString,
        ClientRequestToken: '3f1c1c1e-0000-4000-8000-000000000000',
      }),
    );
  await put('two');
  await put('two');

  expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
  expect((await errorOf(put('three'))).name).toBe('ResourceExistsException');
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
test('CreateSecret, DescribeSecret and ListSecrets', async () => {
  const { client } = await secretsOf({ Secret: secret({ SecretString: 'one' }) });

  const { ARN } = await client.send(
    new CreateSecretCommand({ Name: 'other', SecretBinary: Buffer.from([0, 255]), Description: 'd' }),
  );

  const described = await client.send(new DescribeSecretCommand({ SecretId: 'other' }));
  expect(described).toMatchObject({ ARN, Name: 'other', Description: 'd' });
  expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
  const { SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: 'other' }));
  expect(Buffer.from(SecretBinary ?? [])).toEqual(Buffer.from([0, 255]));
  const first = await client.send(new ListSecretsCommand({ MaxResults: 1 }));
  const second = await client.send(new ListSecretsCommand({ MaxResults: 1, NextToken: first.NextToken }));
  expect([first, second].map(({ SecretList }) => SecretList?.map(({ Name }) => Name))).toEqual([
    ['webhook'],
    ['other'],
  ]);
  expect(
    (await errorOf(client.send(new CreateSecretCommand({ Name: 'other', SecretString: 's' })))).name,
  ).toBe('ResourceExistsException');
});

test('what does not exist and what is not supported is refused by name', async () => {
  const { client, get } = await secretsOf({ Secret: secret() });

  expect(await errorOf(get({ SecretId: 'nothing' }))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  });
  expect((await errorOf(client.send(new RotateSecretCommand({ SecretId: 'webhook' })))).message).toBe(
    'RotateSecret is not supported by the local Secrets Manager.',
  );
  expect((await errorOf(client.send(new PutSecretValueCommand({ SecretId: 'webhook' })))).name).toBe(
    'InvalidRequestException',
  );
});

test('a function reads a secret when its role allows it', async () => {
  const resources = (statements: readonly object[]) => ({
    Role: roleWith(statements),
    Worker: FUNCTION,
    Secret: secret({ SecretString: 'one' }),
  });
  const mayRead = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Secret' } };
  const read = async (statements: readonly object[]) => {
    const { asFunction } = await shopOf(resources(statements));
    return new SecretsManagerClient(asFunction).send(new GetSecretValueCommand({ SecretId: 'webhook' }));
  };

  expect((await read([mayRead])).SecretString).toBe('one');
  expect(await errorOf(read([]))).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager',
    ),
  });
});

test('values are kept with the data, those of secrets that were made by hand, too', async () => {
  const data = await newFolder();
  const assembly = await writeAssembly({ Shop: { template: { Resources: { Secret: secret() } } } });
  const first = await running({ assembly, data });
  const before = new SecretsManagerClient(first.clientConfig);
  await before.send(new PutSecretValueCommand({ SecretId: 'webhook', SecretString: 'mine' }));
  await before.send(new CreateSecretCommand({ Name: 'other', SecretString: 'by hand' }));
  await first.stop();

  const second = await running({ assembly, data });

  const after = new SecretsManagerClient(second.clientConfig);
  const read = async (SecretId: string) =>
    (await after.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  expect(await read('webhook')).toBe('mine');
  expect(await read('other')).toBe('by hand');
});
