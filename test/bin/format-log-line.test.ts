import { expect, test } from 'vitest';
import { formatLogLine } from '../../bin/commands/format-log-line.ts';
import { createEventPrinter } from '../../bin/commands/print-event.ts';
import { createLog } from '../../lambda/log.ts';
import type { LogLine } from '../../local/engine.ts';
import { outputStream } from './output-stream.ts';

const { target: plain } = outputStream(false);

/** What the consumer writes. */
function consumerLine(line: Parameters<ReturnType<typeof createLog>>[0]): string {
  let text = '';
  const { write } = process.stdout;
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  try {
    createLog(() => Date.UTC(2030, 0, 1))(line);
  } finally {
    process.stdout.write = write;
  }
  return text.trimEnd();
}

test("lays out a line of the consumer: time, level, task, message, the error's first line, its stack below", () => {
  const line = consumerLine({
    level: 'WARN',
    message: 'attempt failed, another follows',
    task: 'send-welcome-email',
    runId: 'run-1',
    attempt: 2,
    durationMs: 35,
    delayMs: 10_000,
    error: {
      name: 'SmtpError',
      message: 'mailbox full',
      stack: `SmtpError: mailbox full\n    at send (${process.cwd()}/src/mailer.ts:12:9)`,
    },
  });
  const time = new Date(Date.UTC(2030, 0, 1)).toTimeString().slice(0, 8);
  expect(formatLogLine(line, plain)).toBe(
    `${time} WARN  send-welcome-email attempt failed, another follows SmtpError: mailbox full ` +
      '(attempt 2, 35 ms, again in 10 s) run-1\n    at send (src/mailer.ts:12:9)',
  );
});

test.each([
  'plain',
  '{ no json',
  '{"level":"INFO"}',
  '["level","message"]',
  '',
])('leaves %j as it is', text => {
  expect(formatLogLine(text, plain)).toBe(text);
});

const LINE = '{"timestamp":"2030-01-01T00:00:00.000Z","level":"INFO","message":"hello"}';
const log = (text: string) =>
  ({
    event: 'log',
    functionName: 'f',
    constructPath: 'Shop/F',
    stream: 'stdout',
    text,
    at: 0,
  }) satisfies LogLine & { event: 'log' };

test('prints structured lines as they are where there is no terminal', () => {
  const { target, written } = outputStream(false);
  createEventPrinter(target)(log(LINE));
  expect(written()).toBe(`[Shop/F] ${LINE}\n`);
});

test('lays structured lines out on a terminal', () => {
  const { target, written } = outputStream(true);
  createEventPrinter(target)(log(LINE));
  expect(written()).toMatch(/Shop\/F.*INFO.*hello\n$/);
  expect(written()).not.toContain('{');
});

test('shows whom an alarm tells', () => {
  const { target, written } = outputStream(false);
  const print = createEventPrinter(target);
  print({
    event: 'alarm',
    constructPath: 'Shop/Email/Alarms/DeadLetters',
    name: 'a',
    arn: 'arn',
    description: undefined,
    from: 'OK',
    to: 'ALARM',
    reason: 'ApproximateNumberOfMessagesVisible was 1 (> 0) in the last minute',
    at: 0,
    actions: [],
  });
  const subscription = { arn: 's', topicArn: 't', attributes: {} };
  print({
    event: 'notification',
    messageId: 'm',
    topicArn: 'arn:aws:sns:us-east-1:000000000000:Ops',
    subject: 'ALARM: "a" in us-east-1',
    message: '{}',
    publishedAtMs: 0,
    subscriptions: [{ ...subscription, protocol: 'email', endpoint: 'ops@example.com' }],
  });
  expect(written()).toBe(
    'ALARM Shop/Email/Alarms/DeadLetters: ApproximateNumberOfMessagesVisible was 1 (> 0) in the last minute\n' +
      'would mail ops@example.com: ALARM: "a" in us-east-1\n',
  );
});

test('a line that carries metrics is not printed', () => {
  const { target, written } = outputStream(true);
  const line: LogLine = {
    functionName: 'Fn',
    constructPath: 'Email/Consumer',
    stream: 'stdout',
    text: '{"_aws":{"Timestamp":0,"CloudWatchMetrics":[]},"Succeeded":[1]}',
    at: 0,
  };

  createEventPrinter(target)({ event: 'log', ...line });

  expect(written()).toBe('');
});
