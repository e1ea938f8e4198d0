import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { crashProcess, hangForever } from './tasks.ts';

/** Tasks that behave as badly as tasks can, in a queue where they hurt nobody else. */
export const handler = createConsumer([
  handle(hangForever, () => new Promise(() => {})),
  handle(crashProcess, () => process.exit(1)),
]);
