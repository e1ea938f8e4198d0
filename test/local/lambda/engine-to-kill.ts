import { createRealClock } from '../../../local/clock.ts';
import { createLambdaService } from '../../../local/lambda/lambda-service.ts';
import { LOCATION } from './lambda-location.ts';

/** A Lambda with one frozen environment and one in an endless loop, for a test to kill. */
const service = createLambdaService({ clock: createRealClock(), location: LOCATION, onLog: console.log });
const fn = service.createFunction({
  name: 'fn',
  codeDirectory: process.argv[2] ?? '',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  timeoutSeconds: 900,
  memoryMb: 128,
  environment: {},
});
void Promise.all([fn.invoke({}), fn.invoke({ spin: true })]);
