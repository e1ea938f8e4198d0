import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Handler } from 'cdk-background-jobs/lambda';
import { required } from '../../environment.ts';
import { dayBefore } from '../days.ts';
import type { sendDigest } from '../tasks.ts';
import { createVisits } from '../visits.ts';

const visits = createVisits(required('TABLE'));
const topic = required('DIGEST_TOPIC');
const sns = new SNSClient({});

/** SNS knows no idempotency keys: a step keeps an attempt that comes after it from publishing again. */
export const sendDigestHandler: Handler<typeof sendDigest> = async (_, run) => {
  const due = run.schedule?.scheduledAt ?? run.firstSentAt;
  const week = await visits.counts(dayBefore(due, 7), dayBefore(due, 1));
  const total = week.reduce((sum, day) => sum + day.visits, 0);
  await run.step('publish', async () => {
    const lines = week.map(day => `${day.day}  ${day.visits}`);
    const Message = [`${total} visits in the last seven days`, '', ...lines].join('\n');
    const { MessageId } = await sns.send(
      new PublishCommand({ TopicArn: topic, Subject: 'Your week', Message }),
    );
    return MessageId ?? null;
  });
  return { total };
};
