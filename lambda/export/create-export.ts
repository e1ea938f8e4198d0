import { S3Client } from '@aws-sdk/client-s3';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { sharedDynamoDBClient } from '../../client/shared-clients.ts';
import { systemClock } from '../../contract/clock.ts';
import { type ExportDefinition, PLAN_STEP, PREPARE_STEP } from '../../contract/export/define-export.ts';
import { EXPORT_BUCKET_VARIABLE } from '../../contract/export/export-keys.ts';
import type { StepDefinition } from '../../contract/workflow/step.ts';
import { stepsOf } from '../../contract/workflow/workflow.ts';
import { readWorkflowEnvironment } from '../../contract/workflow/workflow-environment.ts';
import {
  createWorkflow,
  ownConfig,
  type WorkflowEntry,
  type WorkflowFunctionOptions,
} from '../workflow/create-workflow.ts';
import type { StepHandler } from '../workflow/handle-step.ts';
import { checkFormat } from './export-format.ts';
import type { ExportHandler } from './export-handler.ts';
import { exportSteps } from './export-steps.ts';
import { createObjects } from './objects.ts';
import { removeHalfMade } from './remove-half-made.ts';

export interface ExportFunctionOptions extends WorkflowFunctionOptions {
  /** Handlers of the steps that `notify` has. @default none */
  readonly steps?: readonly StepHandler[];
  /** @default a client with the SDK's defaults */
  readonly s3?: S3Client;
  /** @default what `ExportWorkflow` wrote into the function's environment */
  readonly bucket?: string;
}

/**
 * Makes the Lambda function of an `ExportWorkflow`.
 *
 * @throws Error at the function's init, when there is no bucket, when the format is none, or when `prepare` or `partitions`
 * is here and not in the definition, or the other way round
 * @example
 * ```ts
 * export const handler = createExport(exportOrders, {
 *   tenant: ({ tenantId }) => tenantId,
 *   format: csv(),
 *   readPage: async ({ tenantId }, cursor: string | undefined) => {
 *     const { orders, next } = await db.orders(tenantId, { after: cursor, limit: 1000 });
 *     return { rows: orders, nextCursor: next };
 *   },
 * });
 * ```
 */
export function createExport<
  Name extends string,
  Request extends StandardSchemaV1,
  Row extends object,
  Cursor = unknown,
>(
  definition: ExportDefinition<Name, Request>,
  handler: ExportHandler<
    StandardSchemaV1.InferOutput<Request>,
    Row,
    Cursor,
    StandardSchemaV1.InferInput<Request>
  >,
  options: ExportFunctionOptions = {},
): WorkflowEntry {
  const {
    clock = systemClock,
    dynamodb = sharedDynamoDBClient(),
    s3 = new S3Client(),
    bucket = bucketOf(definition),
    workflows = readWorkflowEnvironment(process.env),
    onEnded,
    steps = [],
  } = options;
  if (typeof handler.format !== 'function') checkFormat(handler.format);
  checkAsked(definition, 'prepare', PREPARE_STEP, handler.prepare !== undefined);
  checkAsked(definition, 'partitions', PLAN_STEP, handler.partitions !== undefined);
  const { table } = ownConfig(definition, workflows);
  // The request is what the definition's schema answers, and a cursor what this handler has answered.
  const given = handler as unknown as ExportHandler<unknown, object, unknown>;
  const own = exportSteps({ definition, handler: given, s3, bucket, dynamodb, table, clock });
  return createWorkflow(definition, [...own, ...steps], {
    ...options,
    workflows,
    dynamodb,
    async onEnded(run) {
      await removeHalfMade(createObjects(s3, bucket), { exportName: definition.name, runId: run.runId });
      await onEnded?.(run);
    },
  });
}

function bucketOf({ name }: ExportDefinition): string {
  const bucket = process.env[EXPORT_BUCKET_VARIABLE];
  if (bucket) return bucket;
  throw new Error(
    `The environment variable ${EXPORT_BUCKET_VARIABLE} is not set: make the function of export '${name}' by ExportWorkflow, ` +
      'or pass bucket to createExport',
  );
}

/** What the definition has in its flow, the function must be able to do, and nothing else. */
function checkAsked(
  { name, nodes }: ExportDefinition,
  what: 'prepare' | 'partitions',
  step: StepDefinition,
  given: boolean,
): void {
  const asked = stepsOf(nodes).includes(step);
  if (asked === given) return;
  throw new Error(
    asked
      ? `The definition of export '${name}' has ${what}, and createExport has none: add it, or remove it from defineExport`
      : `createExport has ${what}, and the definition of export '${name}' has none: add it to defineExport, or remove it here`,
  );
}
