import { styleText } from 'node:util';
import { Command } from 'commander';
import { clientOptions, type DevState, readDevState } from './dev-state.ts';

interface QueuesOptions {
  readonly app: string;
  readonly json?: boolean;
}

interface QueueReport {
  readonly queue: string;
  readonly url: string;
  /** Messages that could be received now. */
  readonly waiting: number;
  /** Messages that are worked on, or wait out a backoff. */
  readonly inFlight: number;
  readonly delayed: number;
  /** Whether it is the dead-letter queue of another. */
  readonly deadLetters: boolean;
}

export function queuesCommand(): Command {
  return new Command('queues')
    .description('Shows how many messages the queues of a running dev hold.')
    .option('--app <cdk.out>', 'the cloud assembly that dev runs', 'cdk.out')
    .option('--json', 'a line of JSON for each queue')
    .addHelpText('after', '\nExample:\n  $ background-jobs queues')
    .action(queues);
}

async function queues({ app, json }: QueuesOptions): Promise<void> {
  const state = await readDevState(app);
  const reports = await readQueues(state);
  const lines = json ? reports.map(report => JSON.stringify(report)) : table(reports, process.stdout);
  process.stdout.write(lines.map(line => `${line}\n`).join(''));
}

async function readQueues(state: DevState): Promise<QueueReport[]> {
  const { GetQueueAttributesCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const sqs = new SQSClient(clientOptions(state));
  const answers = await Promise.all(
    state.queues.map(async ({ url, constructPath }) => {
      const ask = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
      return { url, constructPath, attributes: (await sqs.send(ask)).Attributes ?? {} };
    }),
  );
  const targets = new Set(answers.map(({ attributes }) => targetOf(attributes.RedrivePolicy)));
  return answers.map(({ url, constructPath, attributes }) => ({
    queue: constructPath,
    url,
    waiting: Number(attributes.ApproximateNumberOfMessages),
    inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(attributes.ApproximateNumberOfMessagesDelayed),
    deadLetters: targets.has(attributes.QueueArn),
  }));
}

function targetOf(redrivePolicy: string | undefined): string | undefined {
  const policy: unknown = redrivePolicy === undefined ? undefined : JSON.parse(redrivePolicy);
  if (typeof policy !== 'object' || policy === null || !('deadLetterTargetArn' in policy)) return undefined;
  return String(policy.deadLetterTargetArn);
}

function table(reports: readonly QueueReport[], stream: NodeJS.WriteStream): string[] {
  const width = Math.max(5, ...reports.map(({ queue }) => queue.length));
  const row = (cells: readonly (number | string)[]) => cells.map(cell => String(cell).padStart(10)).join('');
  return [
    `${'queue'.padEnd(width)}${row(['waiting', 'in flight', 'delayed'])}`,
    ...reports.map(({ queue, waiting, inFlight, delayed, deadLetters }) => {
      const text = `${queue.padEnd(width)}${row([waiting, inFlight, delayed])}`;
      if (!deadLetters) return text;
      const dead = waiting + inFlight + delayed > 0;
      return dead ? styleText('red', `${text}  dead letters`, { stream }) : `${text}  dead letters`;
    }),
  ];
}
