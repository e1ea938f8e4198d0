// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of policy variables
import { describe, expect, test } from 'vitest';
import { conditionsHold, parseConditions } from '../../../local/permissions/conditions.ts';
import { contextOfRole, contextOfService } from '../../../local/permissions/request-context.ts';
import { PLACE, ROLE, TOPIC } from './policy-fixture.ts';

const unknown = { unknown: expect.any(String) };

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('in a call of a function', () => {
  test.each<[holds: unknown, block: Record<string, Record<string, unknown>>]>([
    [true, {}],
    [false, { Bool: { 'aws:SecureTransport': 'false' } }],
    [true, { Bool: { 'aws:SecureTransport': true } }],
    [true, { Bool: { 'AWS:securetransport': 'True' } }],
    [true, { StringEquals: { 'aws:PrincipalAccount': PLACE.accountId } }],
    [true, { StringEquals: { 'aws:PrincipalAccount': ['999999999999', PLACE.accountId] } }],
    [false, { StringNotEquals: { 'aws:PrincipalAccount': ['999999999999', PLACE.accountId] } }],
    [false, { StringEquals: { 'aws:RequestedRegion': 'EU-WEST-1' } }],
    [true, { StringEqualsIgnoreCase: { 'aws:RequestedRegion': 'EU-WEST-1' } }],
    [false, { StringNotEqualsIgnoreCase: { 'aws:RequestedRegion': 'EU-WEST-1' } }],
    [true, { StringLike: { 'aws:RequestedRegion': 'eu-*' } }],
    [false, { StringNotLike: { 'aws:RequestedRegion': 'eu-*' } }],
    [true, { ArnEquals: { 'aws:PrincipalArn': ROLE } }],
    [true, { ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::*:role/Work*' } }],
    [false, { ArnLike: { 'aws:PrincipalArn': 'arn:*:role/Worker' } }],
    [true, { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Other' } }],
    // It is not made for another resource.
    [false, { ArnLike: { 'aws:SourceArn': '*' } }],
    [true, { ArnNotEquals: { 'aws:SourceArn': TOPIC } }],
    [true, { StringEqualsIfExists: { 'aws:SourceAccount': PLACE.accountId } }],
    [true, { Null: { 'aws:SourceArn': 'true' } }],
    [false, { Null: { 'aws:SourceArn': 'false' } }],
    [false, { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }],
    // As a bucket's `minimumTLSVersion` has it.
    [false, { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
    [true, { NumericGreaterThanEquals: { 's3:TlsVersion': '1.3' } }],
    [true, { NumericNotEquals: { 's3:TlsVersion': '1.2' } }],
    [false, { NumericGreaterThan: { 's3:TlsVersion': '1.3' } }],
    [true, { NumericLessThanEquals: { 's3:TlsVersion': '1.3' } }],
    [true, { NumericEquals: { 's3:TlsVersion': '1.30' } }],
    // Every line and every key must hold.
    [
      false,
      { StringEquals: { 'aws:PrincipalAccount': PLACE.accountId, 'aws:RequestedRegion': 'us-east-1' } },
    ],
    [
      false,
      { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
    ],
    // Not known here: keys, operators and policy variables.
    [unknown, { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }],
    [unknown, { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }],
    [unknown, { Null: { 'aws:TokenIssueTime': 'true' } }],
    [unknown, { IpAddress: { 'aws:SourceIp': '127.0.0.1/32' } }],
    [unknown, { NumericLessThan: { 'aws:MultiFactorAuthAge': '5' } }],
    [unknown, { DateLessThan: { 'aws:RequestedRegion': '2030-01-01T00:00:00Z' } }],
    [unknown, { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } }],
    [unknown, { StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } }],
  ])('holds: %j, %j', (holds, block) => {
    expect(conditionsHold(parseConditions(block), contextOfRole(ROLE, PLACE))).toEqual(holds);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
describe('in a call of SNS for a topic', () => {
  test.each<[holds: unknown, block: Record<string, Record<string, unknown>>]>([
    [true, { ArnEquals: { 'aws:SourceArn': TOPIC } }],
    [false, { ArnEquals: { 'aws:SourceArn': `${TOPIC}-2` } }],
    [true, { StringEquals: { 'aws:SourceAccount': PLACE.accountId } }],
    [true, { Bool: { 'aws:PrincipalIsAWSService': 'true' } }],
    [true, { StringEquals: { 'aws:PrincipalServiceName': 'sns.amazonaws.com' } }],
    [false, { ArnLike: { 'aws:PrincipalArn': '*' } }],
  ])('holds: %j, %j', (holds, block) => {
    const context = contextOfService('sns.amazonaws.com', TOPIC, PLACE);
    expect(conditionsHold(parseConditions(block), context)).toEqual(holds);
  });
});
