import { beforeEach, expect, test, vi } from 'vitest';
import type { DevEvent } from '../../bin/commands/dev-event.ts';
import { createEventPrinter } from '../../bin/commands/print-event.ts';
import { outputStream } from './output-stream.ts';

beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'CI']) vi.stubEnv(name, undefined);
  vi.stubEnv('TERM', 'xterm-256color');
  return () => vi.unstubAllEnvs();
});

const ALARM = {
  event: 'alarm',
  constructPath: 'Shop/Depth',
  name: 'depth',
  arn: 'arn',
  description: undefined,
  from: 'OK',
  to: 'ALARM',
  reason: 'was 1',
  at: 0,
  actions: [],
} as const;
const LOG = { functionName: 'f', constructPath: 'Shop/F', stream: 'stdout', at: 0 } as const;
const LINE = '{"timestamp":"2030-01-01T00:00:00.000Z","level":"INFO","message":"hello"}';

/** Events, and how each is printed without and with colours. */
const EVENTS: [event: DevEvent, plain: string, coloured: string][] = [
  [ALARM, 'ALARM Shop/Depth: was 1', '\u001b[1m\u001b[31mALARM\u001b[39m\u001b[22m Shop/Depth: was 1'],
  [{ ...ALARM, from: 'ALARM', to: 'OK' }, 'OK Shop/Depth: was 1', '\u001b[32mOK\u001b[39m Shop/Depth: was 1'],
  [{ event: 'log', ...LOG, text: 'hello' }, '[Shop/F] hello', '\u001b[36m[Shop/F]\u001b[39m hello'],
  [
    { event: 'reloaded', functions: ['Shop/F'], durationMs: 7 },
    'reloaded Shop/F in 7 ms',
    '\u001b[32mreloaded Shop/F in 7 ms\u001b[39m',
  ],
  [{ event: 'warning', message: 'look' }, 'warning: look', '\u001b[33mwarning: look\u001b[39m'],
  [
    { event: 'reloadFailed', message: 'no' },
    'not reloaded, what ran before goes on:\n  no',
    '\u001b[31mnot reloaded, what ran before goes on:\u001b[39m\n  no',
  ],
];

function printed(event: DevEvent, isTTY: boolean): string {
  const { target, written } = outputStream(isTTY);
  createEventPrinter(target)(event);
  return written();
}

test.each(EVENTS)('colours %j on a terminal', (event, _plain, coloured) => {
  expect(printed(event, true)).toBe(`${coloured}\n`);
});

test.each(EVENTS)('prints %j plainly where there is no terminal', (event, plain) => {
  expect(printed(event, false)).toBe(`${plain}\n`);
});

// https://no-color.org
test.each(EVENTS)('prints %j plainly on a terminal where NO_COLOR is set', (event, plain) => {
  vi.stubEnv('NO_COLOR', '1');
  expect(printed(event, true)).toBe(`${plain}\n`);
});

test('lays structured lines out on a terminal where NO_COLOR is set, too, but not where there is none', () => {
  vi.stubEnv('NO_COLOR', '1');
  const time = new Date(Date.UTC(2030, 0, 1)).toTimeString().slice(0, 8);
  const line = { event: 'log', ...LOG, text: LINE } as const;
  expect(printed(line, true)).toBe(`[Shop/F] ${time} INFO  hello\n`);
  expect(printed(line, false)).toBe(`[Shop/F] ${LINE}\n`);
});

test.each<
  [from: 'OK' | 'INSUFFICIENT_DATA' | 'ALARM', to: 'OK' | 'INSUFFICIENT_DATA' | 'ALARM', told: boolean]
>([
  ['INSUFFICIENT_DATA', 'OK', false],
  ['OK', 'INSUFFICIENT_DATA', false],
  ['INSUFFICIENT_DATA', 'ALARM', true],
  ['ALARM', 'INSUFFICIENT_DATA', true],
])('of an alarm that goes from %s to %s there is a line: %s', (from, to, told) => {
  expect(printed({ ...ALARM, from, to }, false)).toBe(told ? `${to} Shop/Depth: was 1\n` : '');
});
