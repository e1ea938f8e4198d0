export type { EntryBundling } from './bundle-entry.ts';
export { type AnyTable, RunTable, type RunTableProps } from './run-table.ts';
export { TaskQueue } from './task-queue.ts';
export type { TaskQueueAlarms } from './task-queue-alarms.ts';
export type { RunMetricOptions } from './task-queue-metrics.ts';
export type { TaskQueueConsumerProps, TaskQueueProps, TaskQueueQueueProps } from './task-queue-props.ts';
export { TaskSchedule } from './task-schedule.ts';
export type { TaskScheduleProps } from './task-schedule-props.ts';
