import { once } from 'node:events';
import { startLocal } from 'cdk-background-jobs/testing';
import type { EngineDescription } from './engine.ts';

const [app = '', stack = ''] = process.argv.slice(2);
const { endpoint, clientConfig, clientEnvironment, functions, queues, stop } = await startLocal({
  app,
  stacks: [stack],
});
process.send?.({ endpoint, clientConfig, clientEnvironment, functions, queues } satisfies EngineDescription);
await Promise.race([once(process, 'message'), once(process, 'disconnect')]);
await stop();
process.disconnect();
