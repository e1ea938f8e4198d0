import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { running, runningShop } from '../engine/running.ts';
import { newFolder, writeAssembly } from '../engine/written-assembly.ts';
import { FUNCTION, roleWith, shopOf } from '../permissions/function-fixture.ts';
import { errorOf } from '../sqs/sqs-fixture.ts';

const parameter = (properties: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: '/shop/limit', Type: 'String', Value: '10', ...properties },
});

async function parametersOf(resources: object = { Limit: parameter() }) {
  const engine = await runningShop({
    Resources: resources,
    Outputs: { name: { Value: { Ref: 'Limit' } }, value: { Value: { 'Fn::GetAtt': ['Limit', 'Value'] } } },
  });
  const client = new SSMClient(engine.clientConfig);
  const get = async (Name: string, WithDecryption?: boolean) =>
    (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
  return { engine, client, get };
}

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
test('GetParameter: a parameter of a template is read by its name and its ARN', async () => {
  const { engine, get } = await parametersOf();

  const ARN = 'arn:aws:ssm:us-east-1:000000000000:parameter/shop/limit';
  expect(engine.outputs.Shop).toEqual({ name: '/shop/limit', value: '10' });
  for (const name of ['/shop/limit', ARN]) {
    expect(await get(name)).toMatchObject({
      Name: '/shop/limit',
      Type: 'String',
      Value: '10',
      Version: 1,
      ARN,
    });
  }
});

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
test('PutParameter makes a SecureString, which is answered in clear only WithDecryption', async () => {
  const { client, get } = await parametersOf();

  await client.send(new PutParameterCommand({ Name: 'secret', Type: 'SecureString', Value: 'one' }));

  expect((await get('secret', true))?.Value).toBe('one');
  expect((await get('secret'))?.Value).not.toContain('one');
});

test('PutParameter takes the place of a value only when it is told to', async () => {
  const { client, get } = await parametersOf();
  const put = (options: object) =>
    client.send(new PutParameterCommand({ Name: '/shop/limit', Value: '20', ...options }));

  expect((await errorOf(put({ Type: 'String' }))).name).toBe('ParameterAlreadyExists');
  expect((await put({ Overwrite: true })).Version).toBe(2);
  expect(await get('/shop/limit')).toMatchObject({ Value: '20', Version: 2, Type: 'String' });
});

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
test('GetParameters tells which there are not', async () => {
  const { client } = await parametersOf();

  const { Parameters, InvalidParameters } = await client.send(
    new GetParametersCommand({ Names: ['/shop/limit', 'nothing'] }),
  );

  expect(Parameters?.map(({ Value }) => Value)).toEqual(['10']);
  expect(InvalidParameters).toEqual(['nothing']);
});

test('what does not exist and what is not supported is refused by name', async () => {
  const { client, get } = await parametersOf();

  expect((await errorOf(get('nothing'))).name).toBe('ParameterNotFound');
  expect((await errorOf(client.send(new DeleteParameterCommand({ Name: '/shop/limit' })))).message).toBe(
    'DeleteParameter is not supported by the local Systems Manager.',
  );
  await expect(parametersOf({ Limit: parameter({ Type: 'SecureString' }) })).rejects.toThrow(
    'Type must be one of String, StringList, got "SecureString"',
  );
});

test('a function reads a parameter when its role allows it', async () => {
  const read = async (statements: readonly object[]) => {
    const { asFunction } = await shopOf({ Role: roleWith(statements), Worker: FUNCTION, Limit: parameter() });
    return new SSMClient(asFunction).send(new GetParameterCommand({ Name: '/shop/limit' }));
  };
  const resource = 'arn:aws:ssm:us-east-1:000000000000:parameter/shop/limit';

  expect(
    (await read([{ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: resource }])).Parameter?.Value,
  ).toBe('10');
  expect(await errorOf(read([]))).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      `is not authorized to perform: ssm:GetParameter on resource: ${resource}`,
    ),
  });
});

test('values are kept with the data, but for those that the template has changed', async () => {
  const data = await newFolder();
  const assemblyWith = (Value: string) =>
    writeAssembly({
      Shop: { template: { Resources: { Limit: parameter({ Value }), Size: parameter({ Name: 'size' }) } } },
    });
  const first = await running({ assembly: await assemblyWith('10'), data });
  const before = new SSMClient(first.clientConfig);
  for (const Name of ['/shop/limit', 'size', 'by-hand']) {
    await before.send(new PutParameterCommand({ Name, Type: 'String', Value: 'mine', Overwrite: true }));
  }
  await first.stop();

  const second = await running({ assembly: await assemblyWith('30'), data });

  const { Parameters } = await new SSMClient(second.clientConfig).send(
    new GetParametersCommand({ Names: ['/shop/limit', 'size', 'by-hand'] }),
  );
  expect(Parameters?.map(({ Value }) => Value)).toEqual(['30', 'mine', 'mine']);
});
