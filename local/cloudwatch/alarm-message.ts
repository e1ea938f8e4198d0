import type { Location } from '../service.ts';
import type { AlarmChange } from './alarms.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT_LENGTH = 100;

/** What CloudWatch publishes to a topic when an alarm changes its state. */
export function alarmMessage(
  { name, arn, description, from, to, reason, at }: AlarmChange,
  { region, accountId }: Location,
): { subject: string; message: string } {
  const subject = `${to}: "${name}" in ${region}`;
  return {
    subject: subject.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_SUBJECT_LENGTH),
    message: JSON.stringify({
      AlarmName: name,
      AlarmDescription: description ?? null,
      AWSAccountId: accountId,
      NewStateValue: to,
      NewStateReason: reason,
      StateChangeTime: new Date(at).toISOString().replace('Z', '+0000'),
      Region: region,
      AlarmArn: arn,
      OldStateValue: from,
    }),
  };
}
