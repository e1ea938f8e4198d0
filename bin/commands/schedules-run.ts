import { Command } from 'commander';
import { StartError } from '../../local/start-error.ts';
import { connectScheduler } from './connect-scheduler.ts';
import type { Deployment } from './deployment.ts';
import { type KnownSchedule, runNow } from './known-schedule.ts';
import { addOperatorOptions, type OperatorOptions, operateOn } from './operator-client.ts';
import { findSchedules } from './read-schedules.ts';
import { SCHEDULE_OPTIONS } from './schedules-list.ts';

export function schedulesRunCommand(): Command {
  return addOperatorOptions(new Command('run'), SCHEDULE_OPTIONS)
    .description(
      'Fires a schedule now: sends its message as EventBridge Scheduler would. Its own times stay.',
    )
    .argument('<name>', "a schedule's name as `schedules` shows it, or the end of it after a /")
    .addHelpText('after', '\nExample:\n  $ background-jobs schedules run Shop/Nightly')
    .action(schedulesRun);
}

async function schedulesRun(name: string, options: OperatorOptions): Promise<void> {
  await operateOn(options, async deployment => {
    const { scheduler, searched } = await connectScheduler(deployment);
    const { found, others } = await findSchedules(scheduler, searched, name);
    const [schedule, ...more] = found;
    if (schedule === undefined) throw new StartError(`there is no schedule ${name}${listed(others)}`);
    if (more.length > 0) {
      const names = found.map(({ group, scheduleName, ...one }) => `${one.name} (${group}/${scheduleName})`);
      throw new StartError(
        `${name} is the name of ${found.length} schedules; give more of one: ${names.join(', ')}`,
      );
    }
    const { runId, body } = runNow(schedule, new Date());
    await send(schedule.target, body, deployment);
    const { name: whole, task } = schedule;
    process.stdout.write(
      options.json ? `${JSON.stringify({ name: whole, task, runId })}\n` : `fired: ${whole}, run ${runId}\n`,
    );
  });
}

const MOST_LISTED = 20;

function listed(schedules: readonly KnownSchedule[]): string {
  if (schedules.length === 0) return '';
  const names = schedules.slice(0, MOST_LISTED).map(({ name }) => name);
  return `; there are ${names.join(', ')}${schedules.length > MOST_LISTED ? ' and more' : ''}`;
}

/** As the operator, and not as the schedule's role, which EventBridge Scheduler alone may take. */
async function send(target: KnownSchedule['target'], body: string, { config }: Deployment): Promise<void> {
  const { GetQueueUrlCommand, SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const sqs = new SQSClient(config);
  const [QueueOwnerAWSAccountId, QueueName] = target.arn.split(':').slice(4);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }));
  const { messageGroupId: MessageGroupId } = target;
  await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: body, ...(MessageGroupId && { MessageGroupId }) }),
  );
}
