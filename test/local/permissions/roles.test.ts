import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { FUNCTION, roleWith, SESSION, type Shop, shopOf } from './function-fixture.ts';

const ALLOW = { Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' };
const DOCUMENT = { Statement: ALLOW };
const MANAGED = 'arn:aws:iam::aws:policy';

const list = ({ asFunction }: Shop) => new SQSClient(asFunction).send(new ListQueuesCommand({}));

test.each<[source: string, resources: Record<string, object>]>([
  ['an inline policy of its role', { Role: roleWith([ALLOW]) }],
  [
    'a policy for its role',
    {
      Role: roleWith([]),
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', PolicyDocument: DOCUMENT, Roles: [{ Ref: 'Role' }] },
      },
    },
  ],
  [
    'a managed policy for its role',
    {
      Role: roleWith([]),
      Policy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: DOCUMENT, Roles: [{ Ref: 'Role' }] },
      },
    },
  ],
  [
    'a managed policy that its role refers to',
    {
      Role: roleWith([], { ManagedPolicyArns: [{ Ref: 'Policy' }] }),
      Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: DOCUMENT } },
    },
  ],
  [
    'a managed policy of AWS that is known',
    { Role: roleWith([], { ManagedPolicyArns: [`${MANAGED}/AmazonSQSFullAccess`] }) },
  ],
  ['a role with a path', { Role: roleWith([ALLOW], { Path: '/jobs/' }) }],
])('a function is allowed by %s', async (_source, resources) => {
  const warnings: string[] = [];
  const shop = await shopOf(
    { ...resources, Worker: FUNCTION },
    { onWarning: warning => warnings.push(warning) },
  );
  await expect(list(shop)).resolves.toBeDefined();
  expect(warnings).toEqual([]);
});

test("a function is not allowed by another function's role", async () => {
  const shop = await shopOf({
    Role: roleWith([]),
    Other: roleWith([ALLOW], { RoleName: 'Other' }),
    Worker: FUNCTION,
  });
  await expect(list(shop)).rejects.toThrow(`User: ${SESSION} is not authorized`);
});

test('a managed policy that is not known is reported at the start, and in each denial that it might lift', async () => {
  const warnings: string[] = [];
  const arn = `${MANAGED}/job-function/Billing`;
  const shop = await shopOf(
    { Role: roleWith([], { ManagedPolicyArns: [arn] }), Worker: FUNCTION },
    { onWarning: warning => warnings.push(warning) },
  );
  expect(warnings).toEqual([
    `permissions of worker: the managed policy ${arn} is not known here: what no other policy allows is denied`,
  ]);
  await expect(list(shop)).rejects.toThrow(
    `because no policy that the local engine knows allows the sqs:listqueues action, and it does not know the managed policy ${arn}`,
  );
});

test('a role of elsewhere is reported, and still allows what this app adds to it', async () => {
  const warnings: string[] = [];
  const Role = 'arn:aws:iam::000000000000:role/Elsewhere';
  const Properties = { PolicyName: 'p', PolicyDocument: DOCUMENT, Roles: ['Elsewhere'] };
  const shop = await shopOf(
    {
      Policy: { Type: 'AWS::IAM::Policy', Properties },
      Worker: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Role } },
    },
    { onWarning: warning => warnings.push(warning) },
  );
  expect(warnings).toEqual([
    `permissions of worker: the role ${Role} is not known here: what no other policy allows is denied`,
  ]);
  await expect(list(shop)).resolves.toBeDefined();
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
describe('a permissions boundary', () => {
  const bounded = async (boundary: object, options?: Parameters<typeof shopOf>[1]) =>
    await shopOf(
      {
        Role: roleWith([ALLOW], { PermissionsBoundary: { Ref: 'Boundary' } }),
        Boundary: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { PolicyDocument: { Statement: boundary } },
        },
        Worker: FUNCTION,
      },
      options,
    );

  test('allows nothing by itself', async () => {
    const everything = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
    const shop = await shopOf({
      Role: roleWith([], { PermissionsBoundary: { Ref: 'Boundary' } }),
      Boundary: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: { Statement: everything } },
      },
      Worker: FUNCTION,
    });
    await expect(list(shop)).rejects.toThrow(
      'because no identity-based policy allows the sqs:listqueues action',
    );
  });

  test('leaves what it allows, too, and is not warned of', async () => {
    const warnings: string[] = [];
    const shop = await bounded(
      { ...ALLOW, Action: ['sqs:ListQueues', 'logs:*'] },
      { onWarning: warning => warnings.push(warning) },
    );
    await expect(list(shop)).resolves.toBeDefined();
    expect(warnings).toEqual([]);
  });

  test('denies what it does not allow', async () => {
    const shop = await bounded({ ...ALLOW, Action: 'sqs:SendMessage' });
    await expect(list(shop)).rejects.toThrow(
      'because no permissions boundary allows the sqs:listqueues action',
    );
  });

  test('denies what it denies', async () => {
    const shop = await bounded([ALLOW, { ...ALLOW, Effect: 'Deny' }]);
    await expect(list(shop)).rejects.toThrow('with an explicit deny in a permissions boundary');
  });

  test('of elsewhere is reported, and denies nothing', async () => {
    const warnings: string[] = [];
    const PermissionsBoundary = 'arn:aws:iam::000000000000:policy/Boundary';
    const shop = await shopOf(
      { Role: roleWith([ALLOW], { PermissionsBoundary }), Worker: FUNCTION },
      { onWarning: warning => warnings.push(warning) },
    );
    expect(warnings).toEqual([
      `permissions of worker: the permissions boundary ${PermissionsBoundary} is not known here: in AWS it may deny more`,
    ]);
    await expect(list(shop)).resolves.toBeDefined();
  });
});

test('fails to start with a malformed policy, naming it', async () => {
  const starting = shopOf({ Role: roleWith([{ Effect: 'Allow', Resource: '*' }]), Worker: FUNCTION });
  await expect(starting).rejects.toThrow('Shop/Role (AWS::IAM::Role): statement 1: Action is missing');
});
