import type { JsonObject } from '../json-value.ts';
import type { EventPattern } from './event-pattern.ts';
import type { RuleTarget } from './rule-target.ts';

export interface NewRule {
  readonly name: string;
  readonly busName: string;
  readonly description?: string | undefined;
  readonly enabled: boolean;
  /** As it was written. */
  readonly pattern: JsonObject;
  readonly targets: readonly RuleTarget[];
}

export interface Rule extends NewRule {
  readonly arn: string;
  readonly matches: EventPattern;
}
