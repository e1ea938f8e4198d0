import type { JsonObject } from '../json-value.ts';
import type { EventPattern } from './event-pattern.ts';
import type { RuleTarget } from './rule-target.ts';

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly description: string | undefined;
  readonly enabled: boolean;
  /** As it was written. */
  readonly pattern: JsonObject;
  readonly matches: EventPattern;
  readonly targets: readonly RuleTarget[];
}
