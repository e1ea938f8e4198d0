import type { Authorize } from '../permissions/access-denied.ts';
import type { Place } from '../place.ts';

/**
 * SNS writes its name in capitals: `SNS:Publish`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 *
 * @throws AccessDenied
 */
export function authorizeRequest(authorize: Authorize, fields: URLSearchParams, place: Place): void {
  authorize(`SNS:${fields.get('Action')}`, resourceOf(fields, place));
}

function resourceOf(fields: URLSearchParams, { region, accountId }: Place): string {
  const topicArn = fields.get('TopicArn') ?? fields.get('TargetArn');
  if (topicArn !== null) return topicArn;
  // A subscription's ARN is its topic's and an id.
  const subscriptionArn = fields.get('SubscriptionArn');
  if (subscriptionArn !== null) return subscriptionArn.slice(0, subscriptionArn.lastIndexOf(':'));
  return `arn:aws:sns:${region}:${accountId}:${fields.get('Name') ?? '*'}`;
}
