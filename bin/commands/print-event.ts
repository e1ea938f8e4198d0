import { styleText } from 'node:util';
import type { Change } from '../../local/compare-stacks.ts';
import type { LogLine } from '../../local/engine.ts';
import type { Notification } from '../../local/sns/topics.ts';
import { describeEngine } from './describe-engine.ts';
import type { DevEvent, EventSink } from './dev-event.ts';
import { formatLogLine, isMetrics } from './format-log-line.ts';

/** Prints events for people to read; coloured, and structured log lines laid out, where the stream is a terminal. */
export function createEventPrinter(stream: NodeJS.WriteStream): EventSink {
  return event => {
    const text = describeEvent(event, stream);
    if (text !== undefined) stream.write(`${text}\n`);
  };
}

type Style = Parameters<typeof styleText>[0];

function describeEvent(event: DevEvent, stream: NodeJS.WriteStream): string | undefined {
  const styled = (style: Style, text: string) => styleText(style, text, { stream });
  switch (event.event) {
    case 'started':
      return describeEngine(event.engine);
    case 'restarted':
      return `\n${describeEngine(event.engine)}`;
    case 'log':
      return isMetrics(event.text) ? undefined : describeLogLine(event, stream);
    case 'alarm': {
      if (event.from !== 'ALARM' && event.to !== 'ALARM') return undefined;
      const state = event.to === 'ALARM' ? styled(['bold', 'red'], 'ALARM') : styled('green', event.to);
      return `${state} ${event.constructPath}: ${event.reason}`;
    }
    case 'notification':
      return describeNotification(event);
    case 'reloaded':
      return styled('green', `reloaded ${event.functions.join(', ')} in ${event.durationMs} ms`);
    case 'stacksChanged':
      return [
        '',
        'The stacks have changed:',
        ...event.changes.map(change => describeChange(change, styled)),
      ].join('\n');
    case 'reloadFailed':
      return `${styled('red', 'not reloaded, what ran before goes on:')}\n${indent(event.message)}`;
    case 'warning':
      return styled('yellow', `warning: ${event.message}`);
    case 'stopped':
      return undefined;
  }
}

function describeLogLine({ constructPath, text }: LogLine, stream: NodeJS.WriteStream): string {
  const label = styleText('cyan', `[${constructPath}]`, { stream });
  return `${label} ${stream.isTTY ? formatLogLine(text, stream) : text}`;
}

const DELIVERIES: Readonly<Record<string, string>> = {
  email: 'would mail',
  'email-json': 'would mail',
  http: 'would post to',
  https: 'would post to',
  lambda: 'invokes',
  sms: 'would text',
  sqs: 'sends to',
};

function describeNotification({ topicArn, subject, message, subscriptions }: Notification): string {
  const what = subject ?? message.slice(0, 200);
  const topic = topicArn.slice(topicArn.lastIndexOf(':') + 1);
  if (subscriptions.length === 0) return `topic ${topic}, which nobody subscribes to: ${what}`;
  return subscriptions
    .map(({ protocol, endpoint }) => `${DELIVERIES[protocol] ?? protocol} ${endpoint}: ${what}`)
    .join('\n');
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const SIGN_COLOURS = { added: 'green', changed: 'yellow', removed: 'red' } as const;

function describeChange(
  { kind, type, constructPath, logicalId, properties }: Change,
  styled: (style: Style, text: string) => string,
): string {
  const what = properties.length > 0 ? `: ${properties.join(', ')}` : '';
  return styled(SIGN_COLOURS[kind], `  ${SIGNS[kind]} ${constructPath} (${type} ${logicalId})${what}`);
}

const MAX_LINES = 12;

/** Of a failing build the first lines say what is wrong; the rest is stacks. */
function indent(message: string): string {
  const lines = message.split('\n');
  const shown = lines.slice(0, MAX_LINES).map(line => `  ${line}`);
  return lines.length > MAX_LINES
    ? [...shown, `  … ${lines.length - MAX_LINES} more lines`].join('\n')
    : shown.join('\n');
}
