import type { Clock } from '../clock.ts';
import type { Invocation } from '../lambda/replaceable-function.ts';
import type { Location } from '../service.ts';
import type { SavableQueue } from '../sqs/queue-api.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { type AlarmChange, createAlarms } from './alarms.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { recordInvocation, recordUrlRequest, sampleQueues, whyNotComputed } from './metric-sources.ts';
import { createMetrics } from './metrics.ts';

/** The metrics that the engine computes, and the alarms over them. Nothing of CloudWatch's API is served. */
export interface CloudWatch {
  /** Why an alarm over these metrics is not evaluated; undefined when it is. Asked once all resources exist. */
  whyNotEvaluated(definition: AlarmDefinition): string | undefined;
  /** Evaluates the alarm from now on, once a minute. */
  start(definition: AlarmDefinition): void;
  recordInvocation(invocation: Invocation): void;
  /** @param status what the function's URL has answered */
  recordUrlRequest(functionName: string, status: number): void;
  /** Takes the metrics that a line of a function's log carries in the embedded metric format. */
  recordLogLine(text: string): void;
  stop(): void;
}

export function createCloudWatch(options: {
  readonly clock: Clock;
  readonly location: Location;
  readonly queues: () => readonly SavableQueue[];
  readonly functionNames: () => readonly string[];
  readonly onChange: (change: AlarmChange) => void;
}): CloudWatch {
  const { clock, location, queues, functionNames, onChange } = options;
  const metrics = createMetrics();
  const alarms = createAlarms({
    clock,
    location,
    metrics,
    sample: atMs => sampleQueues(queues(), metrics, atMs),
    onChange,
  });

  return {
    whyNotEvaluated({ value }) {
      const known = { queues: queues().map(({ name }) => name), functions: functionNames() };
      for (const entry of value.entries.values()) {
        const reason = 'metric' in entry ? whyNotComputed(entry.metric, known) : undefined;
        if (reason !== undefined) return reason;
      }
      return undefined;
    },
    start: definition => alarms.add(definition),
    recordInvocation: invocation => recordInvocation(invocation, metrics, clock.now()),
    recordUrlRequest: (functionName, status) => recordUrlRequest(functionName, status, metrics, clock.now()),
    recordLogLine(text) {
      for (const { metric, value } of embeddedMetrics(text)) metrics.record(metric, value, clock.now());
    },
    stop: () => alarms.stop(),
  };
}
