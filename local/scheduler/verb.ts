import type { JsonObject } from '../json-value.ts';
import type { Authorize } from '../permissions/access-denied.ts';
import type { SchedulerTargets } from './firing.ts';
import type { SchedulerStore } from './scheduler-store.ts';

/** One operation of the Scheduler API. Throws `SchedulerError`, or what a reader of `JsonObject` throws. */
export type Verb = (store: SchedulerStore, request: SchedulerRequest) => object;

export interface SchedulerRequest {
  /** Members of path, query and body, under the API's names. */
  readonly input: JsonObject;
  /** Undefined for a caller that may do everything. */
  readonly authorize: Authorize | undefined;
  readonly targets: SchedulerTargets;
}
