import type { AlarmChange } from '../../local/cloudwatch/alarms.ts';
import type { Change } from '../../local/compare-stacks.ts';
import type { Engine, LogLine } from '../../local/engine.ts';
import type { Notification } from '../../local/sns/topics.ts';

/** What happens in a running `dev`, as it is printed, written to the event log, and told by `dev --json`. */
export type DevEvent =
  | { readonly event: 'started' | 'restarted'; readonly engine: Engine }
  | ({ readonly event: 'log' } & LogLine)
  | ({ readonly event: 'alarm'; readonly constructPath: string } & AlarmChange)
  | ({ readonly event: 'notification' } & Notification)
  /** Functions have new code or configuration. */
  | { readonly event: 'reloaded'; readonly functions: readonly string[]; readonly durationMs: number }
  /** The stacks have changed: they are applied on confirmation. */
  | { readonly event: 'stacksChanged'; readonly changes: readonly Change[] }
  /** What was changed does not work; what ran before goes on. */
  | { readonly event: 'reloadFailed'; readonly message: string }
  | { readonly event: 'warning'; readonly message: string }
  | { readonly event: 'stopped' };

export type EventSink = (event: DevEvent) => void;

/** A line of JSON; the engine by what other programs need of it. */
export function eventLine(event: DevEvent, now: Date): string {
  const at = now.toISOString();
  if (!('engine' in event)) return JSON.stringify({ ...event, at });
  const { endpoint, region, accountId, outputs, clientEnvironment, ...resources } = event.engine;
  const { queues, tables, buckets, topics, functions, functionUrls, httpApis, alarms } = resources;
  return JSON.stringify({
    event: event.event,
    at,
    ...{ endpoint, region, accountId, outputs, environment: clientEnvironment },
    ...{ queues, tables, buckets, topics, functionUrls, httpApis, alarms },
    // Without their variables, which may be secrets.
    functions: functions.map(({ environment: _secret, ...rest }) => rest),
  });
}
