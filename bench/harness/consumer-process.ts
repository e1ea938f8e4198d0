/** The main module of a process that runs a function's bundle on the events it is sent, and tells the CPU it took. */
import { createRequire } from 'node:module';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const [bundle = ''] = process.argv.slice(2);
const { handler } = createRequire(import.meta.url)(bundle) as {
  handler: (event: SQSEvent, context: Partial<Context>) => Promise<SQSBatchResponse>;
};

process.on('message', (events: SQSEvent[]) => void run(events));
process.on('disconnect', () => process.exit());

async function run(events: readonly SQSEvent[]): Promise<void> {
  const before = process.cpuUsage();
  for (const event of events) {
    const { batchItemFailures } = await handler(event, { getRemainingTimeInMillis: () => 60_000 });
    if (batchItemFailures.length > 0)
      throw new Error(`${batchItemFailures.length} records of a batch failed`);
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.(user + system);
}
