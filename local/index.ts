export type { ClientConfig } from './client-config.ts';
export type { Clock, Timer } from './clock.ts';
export type { AlarmChange } from './cloudwatch/alarms.ts';
export type { Engine, EngineOptions, LogLine } from './engine.ts';
export type {
  AddedFault,
  DeliveryFault,
  Fault,
  Faults,
  Frequency,
  InvocationFault,
  RequestFault,
} from './faults/fault.ts';
export type { FunctionLogLine } from './lambda/lambda-service.ts';
export type { Origin, ResourceLists } from './resource-lists.ts';
export type * from './resources/resource-summary.ts';
export type { Notification } from './sns/topics.ts';
export { StartError } from './start-error.ts';
export { type LocalApp, type LocalOptions, type SynthesizableApp, startLocal } from './start-local.ts';
