// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of policy variables
import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../../local/permissions/pattern.ts';
import { parsePolicy } from '../../../local/permissions/policy.ts';
import { denial, ROLE, SESSION } from './policy-fixture.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:jobs';
const ALLOW = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE };
const DENY = { ...ALLOW, Effect: 'Deny' };
const NO_POLICY = 'because no identity-based policy allows the sqs:SendMessage action';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
describe("a role's statement", () => {
  test.each<[allows: boolean, statement: object]>([
    [true, ALLOW],
    [true, { ...ALLOW, Action: ['sqs:GetQueueUrl', 'sqs:SendMessage'] }],
    [true, { ...ALLOW, Action: 'SQS:sendmessage' }],
    [true, { ...ALLOW, Action: 'sqs:Send*' }],
    [true, { ...ALLOW, Action: '*' }],
    [false, { ...ALLOW, Action: 'sqs:Send' }],
    [false, { ...ALLOW, Action: 'sqs:ReceiveMessage' }],
    [false, { ...ALLOW, Action: [] }],
    [true, { ...ALLOW, Resource: '*' }],
    [true, { ...ALLOW, Resource: 'arn:aws:sqs:*:*:job?' }],
    [true, { ...ALLOW, Resource: ['arn:aws:sqs:eu-west-1:123456789012:other', QUEUE] }],
    [false, { ...ALLOW, Resource: 'arn:aws:sqs:eu-west-1:123456789012:job' }],
    [false, { ...ALLOW, Resource: QUEUE.toUpperCase() }],
    [false, { Effect: 'Allow', NotAction: 'sqs:Send*', Resource: '*' }],
    [true, { Effect: 'Allow', NotAction: 'sqs:Receive*', Resource: '*' }],
    [false, { Effect: 'Allow', Action: '*', NotResource: ['arn:aws:sqs:*:*:jobs'] }],
    [true, { Effect: 'Allow', Action: '*', NotResource: ['arn:aws:sqs:*:*:other'] }],
  ])('allows: %s, by %j', (allows, statement) => {
    expect(denial({ identity: [statement] })).toBe(allows ? undefined : NO_POLICY);
  });

  test('denies whatever another one allows', () => {
    expect(denial({ identity: [ALLOW, DENY] })).toBe('with an explicit deny in an identity-based policy');
  });

  test('fails to parse with a Principal', () => {
    const statement = { ...ALLOW, Principal: '*' };
    expect(() => denial({ identity: [statement] })).toThrow(
      "statement 1: a role's policy must not have a Principal",
    );
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe("a resource's statement", () => {
  test.each<[allows: boolean, principal: unknown]>([
    [true, '*'],
    [true, { AWS: '*' }],
    [true, { AWS: ROLE }],
    [true, { AWS: ['arn:aws:iam::123456789012:role/Other', SESSION] }],
    [false, { AWS: 'arn:aws:iam::123456789012:role/Other' }],
    [false, { AWS: 'arn:aws:iam::123456789012:root' }],
    [false, { AWS: '123456789012' }],
    [false, { Service: 'sns.amazonaws.com' }],
    [false, { Federated: 'cognito-identity.amazonaws.com' }],
  ])('allows: %s, to %j', (allows, Principal) => {
    expect(denial({ resource: [{ ...ALLOW, Principal }] })).toBe(allows ? undefined : NO_POLICY);
  });

  test.each<[denies: boolean, principal: unknown]>([
    [true, '*'],
    [true, { AWS: 'arn:aws:iam::123456789012:root' }],
    [true, { AWS: '123456789012' }],
    [false, { AWS: '999999999999' }],
    [false, { Service: 'sns.amazonaws.com' }],
  ])("denies: %s, to %j, what the role's policy allows", (denies, Principal) => {
    const reason = denial({ identity: [ALLOW], resource: [{ ...DENY, Principal }] });
    expect(reason).toBe(denies ? 'with an explicit deny in a resource-based policy' : undefined);
  });

  test('allows a service by its principal, and no other service', () => {
    const resource = [{ ...ALLOW, Principal: { Service: 'sns.amazonaws.com' } }];
    expect(denial({ resource }, { as: 'sns.amazonaws.com' })).toBeUndefined();
    expect(denial({ resource }, { as: 'events.amazonaws.com' })).toBe(
      'because no resource-based policy allows the sqs:SendMessage action',
    );
  });

  test('fails to parse without a Principal', () => {
    expect(() => denial({ resource: [ALLOW] })).toThrow('Principal must be "*" or an object, got undefined');
  });
});

describe('what the local engine cannot tell', () => {
  const unknowable = { StringEquals: { 'aws:SourceVpce': 'vpce-1' } };
  const tag = '${aws:PrincipalTag/team}';

  test('denies, naming the statement and the condition, what only an uncertain Allow allows', () => {
    expect(denial({ identity: [{ ...ALLOW, Sid: 'Vpc', Condition: unknowable }] })).toBe(
      'because the local engine cannot tell whether the condition {"StringEquals":{"aws:SourceVpce":["vpce-1"]}} holds, ' +
        'on which the Allow of Vpc of Shop/Policy depends; to run without this check, turn permissions off',
    );
  });

  test('denies what an uncertain Deny may deny', () => {
    expect(denial({ identity: [ALLOW, { ...DENY, Condition: unknowable }] })).toMatch(
      /cannot tell whether the condition .* on which the Deny of statement 2 of Shop\/Policy depends/,
    );
  });

  test('does not matter beside a certain Allow, a certain Deny, or in statements about something else', () => {
    const uncertain = { ...ALLOW, Condition: unknowable };
    expect(denial({ identity: [uncertain, ALLOW] })).toBeUndefined();
    expect(denial({ identity: [{ ...DENY, Condition: unknowable }, DENY] })).toMatch(
      /^with an explicit deny/,
    );
    expect(denial({ identity: [{ ...uncertain, Action: 'sqs:ReceiveMessage' }] })).toBe(NO_POLICY);
    const certainlyNot = { ...unknowable, Bool: { 'aws:SecureTransport': 'false' } };
    expect(denial({ identity: [{ ...ALLOW, Condition: certainlyNot }] })).toBe(NO_POLICY);
  });

  test('is what a policy variable stands for, where the rest of the pattern matches', () => {
    expect(denial({ identity: [{ ...ALLOW, Resource: `arn:aws:sqs:*:*:${tag}` }] })).toContain(tag);
    expect(denial({ identity: [{ ...ALLOW, Resource: `arn:aws:s3:::${tag}` }] })).toBe(NO_POLICY);
  });

  test('is whom NotPrincipal means', () => {
    const resource = [{ ...DENY, NotPrincipal: { AWS: ROLE } }];
    expect(denial({ identity: [ALLOW], resource })).toContain('whom NotPrincipal means');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
describe('a pattern', () => {
  test.each<[matches: boolean, pattern: string, value: string]>([
    [true, 'a*c', 'a/b/c'],
    [true, 'a?c', 'abc'],
    [false, 'a?c', 'ac'],
    [false, 'a.c', 'abc'],
    [true, 'a(b)[c]+', 'a(b)[c]+'],
    [true, '*', 'line\nbreak'],
    [true, 'a${*}c', 'a*c'],
    [false, 'a${*}c', 'abc'],
    [true, 'a${$}c', 'a$c'],
  ])('matches: %s, %s on %j', (matches, pattern, value) => {
    expect(compilePattern(pattern)(value)).toBe(matches);
  });
});

test.each<[statement: unknown, message: string]>([
  ['text', 'Statement must be an object, got "text"'],
  [{ ...ALLOW, Effect: 'allow' }, 'statement 1: Effect must be one of Allow, Deny, got "allow"'],
  [{ Effect: 'Allow', Resource: '*' }, 'statement 1: Action is missing'],
  [{ Effect: 'Allow', Action: '*' }, 'statement 1: Resource is missing'],
  [{ ...ALLOW, Sid: 'Mine', Action: 5 }, 'Mine: Action must be a list of strings, got 5'],
  [{ ...ALLOW, Condition: { Bool: 'x' } }, 'statement 1: Condition.Bool must be an object, got "x"'],
])('fails to parse %j', (statement, message) => {
  expect(() => parsePolicy({ Statement: statement }, 'identity', 'Shop/Policy')).toThrow(message);
});
