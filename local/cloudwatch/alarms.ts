import type { Clock, Timer } from '../clock.ts';
import type { Location } from '../service.ts';
import type { AlarmDefinition, AlarmState, AlarmValue } from './alarm-definition.ts';
import { evaluateAlarm, evaluationRange } from './evaluate-alarm.ts';
import { type Metrics, MINUTE_MS, type Series } from './metrics.ts';

/** An alarm that has changed its state. */
export interface AlarmChange {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** Which values were compared with what. */
  readonly reason: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** ARNs of what is told. */
  readonly actions: readonly string[];
}

export interface Alarms {
  /** Evaluated at the end of each minute from then on. */
  add(definition: AlarmDefinition): void;
  stop(): void;
}

interface Alarm {
  readonly definition: AlarmDefinition;
  /** Of those entries that are metrics. */
  readonly series: ReadonlyMap<string, Series>;
  state: AlarmState;
}

/**
 * Evaluates alarms as CloudWatch does: each minute, over the periods that end with it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function createAlarms(options: {
  readonly clock: Clock;
  readonly location: Location;
  readonly metrics: Metrics;
  /** Takes the data points of the minute that ends, at its last moment. */
  readonly sample: (atMs: number) => void;
  readonly onChange: (change: AlarmChange) => void;
}): Alarms {
  const { clock, location, metrics, sample, onChange } = options;
  const alarms: Alarm[] = [];
  let timer: Timer | undefined;

  function schedule(): void {
    const now = clock.now();
    timer = clock.setTimer(tick, MINUTE_MS - (now % MINUTE_MS), 'housekeeping');
  }

  function tick(): void {
    const now = clock.now();
    const endMs = now - (now % MINUTE_MS);
    sample(endMs - 1);
    for (const alarm of alarms) {
      const { definition, state: from } = alarm;
      const values = valuesOf(alarm, endMs);
      const to = evaluateAlarm(definition, values, from);
      if (to === from) continue;
      alarm.state = to;
      // Who is told may begin something.
      const release = clock.hold();
      onChange({
        name: definition.name,
        arn: alarmArn(definition.name, location),
        description: definition.description,
        from,
        to,
        reason: reasonOf(definition, values, to),
        at: now,
        actions: definition.actions[to],
      });
      release();
    }
    schedule();
  }

  return {
    add(definition) {
      const keepMs = evaluationRange(definition) * definition.periodSeconds * 1000;
      const series = new Map<string, Series>();
      for (const [id, entry] of definition.value.entries) {
        if ('metric' in entry) series.set(id, metrics.watch(entry.metric, keepMs));
      }
      alarms.push({ definition, series, state: 'INSUFFICIENT_DATA' });
      if (timer === undefined) schedule();
    },
    stop: () => timer?.cancel(),
  };
}

export function alarmArn(name: string, { region, accountId }: Location): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
}

function valuesOf({ definition, series }: Alarm, endMs: number): (number | undefined)[] {
  const periodMs = definition.periodSeconds * 1000;
  return Array.from({ length: evaluationRange(definition) }, (_, index) => {
    const toMs = endMs - index * periodMs;
    return valueIn(definition.value, series, toMs - periodMs, toMs);
  });
}

function valueIn(
  { entries, returned }: AlarmValue,
  series: Alarm['series'],
  fromMs: number,
  toMs: number,
): number | undefined {
  const lookup = (id: string): number | undefined => {
    const entry = entries.get(id);
    if (entry === undefined) return undefined;
    return 'metric' in entry
      ? series.get(id)?.statistic(entry.statistic, fromMs, toMs)
      : entry.evaluate(lookup);
  };
  return lookup(returned);
}

const WORDS: Readonly<Record<AlarmDefinition['comparison'], string>> = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanOrEqualToThreshold: '<=',
  LessThanThreshold: '<',
};

function reasonOf(
  { value, comparison, threshold, evaluationPeriods, periodSeconds }: AlarmDefinition,
  values: readonly (number | undefined)[],
  state: AlarmState,
): string {
  const entry = value.entries.get(value.returned);
  const name = entry && 'metric' in entry ? entry.metric.name : value.returned;
  const seen = values.slice(0, evaluationPeriods).map(item => item ?? 'no data');
  const minutes = (evaluationPeriods * periodSeconds) / 60;
  const words = state === 'ALARM' ? `${WORDS[comparison]} ${threshold}` : `threshold ${threshold}`;
  return `${name} was ${seen.join(', ')} (${words}) in ${minutes === 1 ? 'the last minute' : `the last ${minutes} minutes`}`;
}
