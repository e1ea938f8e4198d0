import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const WAITS =
  /\b(setTimeout|setInterval|Atomics\.wait|systemClock\.sleep|scheduler\.wait)\(|\{[^}]*\bset(Timeout|Interval)\b[^}]*\} from 'node:timers/;

const BY_THE_CLOCK_OF_THE_TEST = 'in functions whose time the test lets pass';

/** Where a pause is written down all the same, and why. */
const REASONS: Readonly<Record<string, string>> = {
  'test/client/read-runs.test.ts': 'a pause that must be cut short, and is',
  'test/contract/clock.test.ts': "of the machine's clock itself: a millisecond",
  'test/local/engine/event-source-mapping.test.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/local/faults/function-faults.test.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/local/lambda/environments.test.ts':
    'a function whose timers must stop with it; nobody waits for them',
  'test/local/time/handlers.test.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/local/time/input-and-output.test.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/local/time/start-shop.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/mutations/fixtures/errand-steps.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/mutations/fixtures/export-numbers.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/mutations/fixtures/work-handler.ts': BY_THE_CLOCK_OF_THE_TEST,
  'test/packaging/command.ts': 'ends a command that hangs',
  'test/testing/fixtures/consumer.ts': BY_THE_CLOCK_OF_THE_TEST,
};

test('no test waits for time to pass on the wall: it waits for a condition, or moves a clock of its own', () => {
  const files = globSync(['test/**/*.ts', 'examples/**/*.test.ts'])
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path !== 'test/wall-clock.test.ts');
  const waiting = files.filter(path => WAITS.test(readFileSync(path, 'utf8')));
  expect(files.length).toBeGreaterThan(200);
  expect(waiting.sort()).toEqual(Object.keys(REASONS));
});
