/** What the engine tells about a resource, without the AWS SDK. */
export type ResourceSummary =
  | QueueSummary
  | TableSummary
  | BucketSummary
  | TopicSummary
  | FunctionSummary
  | FunctionUrlSummary
  | HttpApiSummary
  | EventSourceSummary
  | StateMachineSummary
  | AlarmSummary
  | ScheduleSummary;

export interface QueueSummary {
  readonly kind: 'queue';
  readonly name: string;
  readonly arn: string;
  readonly url: string;
}

export interface TableSummary {
  readonly kind: 'table';
  readonly name: string;
  readonly arn: string;
}

export interface BucketSummary {
  readonly kind: 'bucket';
  readonly name: string;
}

export interface TopicSummary {
  readonly kind: 'topic';
  readonly arn: string;
}

export interface FunctionSummary {
  readonly kind: 'function';
  readonly name: string;
  readonly arn: string;
  /** The function's variables, as in the template. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface FunctionUrlSummary {
  readonly kind: 'functionUrl';
  readonly functionName: string;
  readonly url: string;
}

export interface HttpApiSummary {
  readonly kind: 'httpApi';
  readonly name: string;
  readonly url: string;
}

export interface EventSourceSummary {
  readonly kind: 'eventSource';
  readonly functionName: string;
  readonly queueArn: string;
}

export interface StateMachineSummary {
  readonly kind: 'stateMachine';
  readonly name: string;
  readonly arn: string;
}

export interface AlarmSummary {
  readonly kind: 'alarm';
  readonly name: string;
  readonly description: string | undefined;
  /** ARNs of what it notifies. */
  readonly actions: readonly string[];
  /** Why its state is not computed; undefined when it is. */
  readonly notEvaluated: string | undefined;
}

export interface ScheduleSummary {
  readonly kind: 'schedule';
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly expression: string;
  /** An IANA name; undefined for a rate, which has none. */
  readonly timeZone: string | undefined;
}
