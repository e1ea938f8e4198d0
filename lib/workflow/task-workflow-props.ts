import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import type { EntryBundling } from '../entry-source.ts';
import type { RunTable } from '../run-table.ts';
import type { TaskQueue } from '../task-queue.ts';

export interface TaskWorkflowProps {
  readonly workflow: WorkflowDefinition;
  /**
   * Path of the file that exports what `createWorkflow` made, a TypeScript or JavaScript module; a relative one starts at
   * the CDK app's working directory.
   */
  readonly entry: string;
  /**
   * Name of the entry's export.
   * @default 'handler'
   */
  readonly handler?: string;
  /**
   * Where runs are recorded. Task queues and workflows may share one.
   * @default a run table of this workflow's own
   */
  readonly runTable?: RunTable;
  /**
   * Task queues of the tasks that the flow sends. The function is granted to send to them and to read their runs.
   * @default none: the flow sends no task
   */
  readonly queues?: readonly TaskQueue[];
  /**
   * States of your own, by the names that the flow goes through them by.
   * @default none
   */
  readonly states?: Readonly<Record<string, sfn.IChainable>>;
  /**
   * In MB.
   * @default 256
   */
  readonly memorySize?: number;
  /** @default none but those of the function itself */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default as a task queue's consumer is bundled */
  readonly bundling?: EntryBundling;
  /**
   * Whether X-Ray traces the state machine and its function: $5 for a million traces.
   * @default true
   */
  readonly tracing?: boolean;
  /**
   * How long logs of the state machine and the function are kept. The state machine's have no inputs and outputs.
   * @default one month
   */
  readonly logRetention?: logs.RetentionDays;
}
