import { type Policy, parsePolicy } from './policy.ts';

/** An object's bucket, an index's table, a version's function: what the policy of a resource is attached to. */
export function policyHolder(arn: string): string {
  const [holder] =
    /^arn:aws:(s3:::[^/]+|dynamodb:[^/]+\/[^/]+|lambda:[^:]+:[^:]+:function:[^:]+)/.exec(arn) ?? [];
  return holder ?? arn;
}

/**
 * A topic without a policy lets services publish for resources of its account, alarms for example; a policy of its own
 * takes the place of that. Nothing else allows anything by itself.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function defaultPolicyOf(arn: string, accountId: string): Policy {
  if (!arn.startsWith('arn:aws:sns:')) return [];
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 'sns:Publish',
    Resource: arn,
    Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
  };
  return parsePolicy({ Statement: [statement] }, 'resource', 'the default policy of topics');
}
