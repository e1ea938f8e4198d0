import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../contract/clock.ts';
import type { ExportDefinition } from '../../contract/export/define-export.ts';
import { validateValue } from '../../contract/workflow/validate.ts';
import { RunEndedError } from '../workflow/run-ended.ts';
import type { StepRun } from '../workflow/step-run.ts';
import type { ExportHandler } from './export-handler.ts';
import { createObjects, type Objects } from './objects.ts';
import { removeHalfMade } from './remove-half-made.ts';
import type { RunPlace } from './run-place.ts';

/** What the steps work with. */
export interface ExportFunction {
  readonly definition: ExportDefinition;
  readonly handler: ExportHandler<unknown, object, unknown>;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
}

/** One attempt of a step. */
export interface ExportAttempt {
  readonly fn: ExportFunction;
  readonly run: StepRun;
  readonly place: RunPlace;
  readonly objects: Objects;
  readonly request: unknown;
  hasTime(): boolean;
}

/** Pages are read for so long; what is left of the step's fourteen minutes is for the last one and what it ends with. */
const READING_MS = 12 * 60_000;

export async function inAttempt<Answer>(
  fn: ExportFunction,
  run: StepRun,
  given: unknown,
  work: (attempt: ExportAttempt) => Promise<Answer>,
): Promise<Answer> {
  const stopAt = fn.clock.now() + READING_MS;
  const place = { exportName: fn.definition.name, runId: run.runId };
  try {
    return await work({
      fn,
      run,
      place,
      objects: createObjects(fn.s3, fn.bucket, run.signal),
      request: await parseRequest(fn, given),
      hasTime: () => fn.clock.now() < stopAt && !run.signal.aborted,
    });
  } catch (error) {
    // It went on beside the end of its run, which has removed only what was there then.
    if (error instanceof RunEndedError) await removeHalfMade(createObjects(fn.s3, fn.bucket), place);
    throw error;
  }
}

/** @param request as it was sent, or as `partitions` has answered it @returns what its schema makes of it */
export function parseRequest({ definition }: ExportFunction, request: unknown): Promise<unknown> {
  return validateValue(definition.request, request, `the request of export '${definition.name}'`);
}
