export type { ClientConfig } from './client-config.ts';
export type { Clock, Timer } from './clock.ts';
export type { FunctionLogLine } from './lambda/lambda-service.ts';
export type { Origin, ResourceLists } from './resource-lists.ts';
export type * from './resources/resource-summary.ts';
export { StartError } from './start-error.ts';
export { type LocalApp, type LocalOptions, startLocal } from './start-local.ts';
