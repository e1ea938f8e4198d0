import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Documents, denial, ROLE } from './policy-fixture.ts';

const actions = fc.constantFrom(
  'sqs:SendMessage',
  'sqs:ReceiveMessage',
  'sqs:*',
  'sqs:S?nd*',
  '*',
  's3:GetObject',
);
const resources = fc.constantFrom(
  '*',
  'arn:aws:sqs:*:*:jobs',
  'arn:aws:sqs:*:*:other',
  'arn:aws:s3:::bucket/*',
);
const conditions = fc.constantFrom(
  {},
  { Bool: { 'aws:SecureTransport': 'false' } },
  { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
  { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
);
const statement = (effect: fc.Arbitrary<string>) =>
  fc
    .record({
      Effect: effect,
      action: fc.record({ negated: fc.boolean(), of: fc.array(actions, { maxLength: 3 }) }),
      Resource: fc.array(resources, { minLength: 1, maxLength: 2 }),
      Condition: conditions,
    })
    .map(({ action, ...rest }) => ({ ...rest, [action.negated ? 'NotAction' : 'Action']: action.of }));

const principals = fc.constantFrom(
  '*',
  { AWS: ROLE },
  { AWS: '123456789012' },
  { Service: 'sns.amazonaws.com' },
);
const anyEffect = fc.constantFrom('Allow', 'Deny');
const resourceStatement = (effect: fc.Arbitrary<string>) =>
  fc
    .record({ base: statement(effect), Principal: principals })
    .map(({ base, Principal }) => ({ ...base, Principal }));
const documents: fc.Arbitrary<Required<Documents>> = fc.record({
  identity: fc.array(statement(anyEffect), { maxLength: 5 }),
  resource: fc.array(resourceStatement(anyEffect), { maxLength: 3 }),
});
const DENY_ALL = { Effect: 'Deny', Action: '*', Resource: '*' };
const ALLOW_ALL = { Effect: 'Allow', Action: '*', Resource: '*' };

test('an explicit deny wins over everything else, wherever it stands', () => {
  fc.assert(
    fc.property(documents, fc.nat(), ({ identity, resource }, at) => {
      const position = at % (identity.length + 1);
      const denied = [...identity.slice(0, position), DENY_ALL, ...identity.slice(position)];
      expect(denial({ identity: denied, resource })).toBe(
        'with an explicit deny in an identity-based policy',
      );
    }),
  );
});

test('one more Allow never takes anything away', () => {
  fc.assert(
    fc.property(documents, statement(fc.constant('Allow')), ({ identity, resource }, one) => {
      fc.pre(denial({ identity, resource }) === undefined);
      expect(denial({ identity: [...identity, one], resource })).toBeUndefined();
      expect(denial({ identity, resource: [...resource, { ...one, Principal: '*' }] })).toBeUndefined();
    }),
  );
});

test('one more Deny never gives anything', () => {
  fc.assert(
    fc.property(documents, resourceStatement(fc.constant('Deny')), ({ identity, resource }, one) => {
      fc.pre(denial({ identity, resource }) !== undefined);
      expect(denial({ identity, resource: [...resource, one] })).toBeDefined();
    }),
  );
});

test('the order of statements does not matter', () => {
  fc.assert(
    fc.property(documents, ({ identity, resource }) => {
      const forwards = denial({ identity, resource });
      const backwards = denial({ identity: identity.toReversed(), resource: resource.toReversed() });
      expect(backwards === undefined).toBe(forwards === undefined);
    }),
  );
});

test('without a Deny, who may do everything may do anything', () => {
  fc.assert(
    fc.property(fc.array(statement(fc.constant('Allow'))), allows => {
      expect(denial({ identity: [...allows, ALLOW_ALL] })).toBeUndefined();
    }),
  );
});
