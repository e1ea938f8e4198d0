export type { ClientConfig } from '../local/client-config.ts';
export type { AlarmChange } from '../local/cloudwatch/alarms.ts';
export type { Engine, EngineOptions, LogLine } from '../local/engine.ts';
export type {
  AddedFault,
  DeliveryFault,
  Fault,
  Faults,
  FiringFault,
  Frequency,
  InvocationFault,
  RequestFault,
} from '../local/faults/fault.ts';
export type { FunctionLogLine } from '../local/lambda/lambda-service.ts';
export type { Origin, ResourceLists } from '../local/resource-lists.ts';
export type * from '../local/resources/resource-summary.ts';
export type { CreatedSchedule } from '../local/scheduler/schedules.ts';
export type { Notification } from '../local/sns/topics.ts';
export type { SentMessage } from '../local/sqs/queue-api.ts';
export { StartError } from '../local/start-error.ts';
export type { SynthesizableApp } from '../local/start-local.ts';
export type { ManualTime, TimeSpan } from './manual-time.ts';
export type { SentRun } from './sent-tasks.ts';
export { type LocalApp, type LocalOptions, type ManualTimeApp, startLocal } from './start-local.ts';
export type { WaitForRunOptions } from './wait-for-run.ts';
