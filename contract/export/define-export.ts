import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DurationString } from '../duration.ts';
import type { Flow, FlowEnd, PollOptions } from '../workflow/flow.ts';
import { defineStep } from '../workflow/step.ts';
import { defineWorkflow, type WorkflowDefinition } from '../workflow/workflow.ts';
import type { ExportedFile } from './exported-file.ts';

export interface ExportOptions<Name extends string, Request extends StandardSchemaV1> {
  /** 1 to 60 of `a-z A-Z 0-9 . _ -`, beginning with a letter. Its files are under this name in the bucket. */
  readonly name: Name;
  /**
   * A schema of any Standard Schema library: what is to be exported, for whom, in which format. The run keeps the request
   * as it was sent; each step has the schema make of it what the handler gets, dates for one.
   */
  readonly request: Request;
  /**
   * How long a run may take in all. What it has half-made by then is removed.
   * @default '30m'
   */
  readonly timeout?: DurationString;
  /**
   * How often `createExport`'s `prepare` is asked, and when it is given up.
   * @default there is no `prepare`: pages are read at once
   */
  readonly prepare?: PollOptions;
  /**
   * Has `createExport`'s `partitions` asked first: each becomes a file of its own, side by side with others, and the run
   * ends with a manifest of them.
   * @default one file
   */
  readonly partitions?: PartitionOptions;
  /**
   * What is done once the file is there: a task is sent, for one.
   * @default nothing
   */
  readonly notify?: (flow: Flow<InputOf<Request>, ExportedFile, unknown>) => FlowEnd<unknown>;
}

export interface PartitionOptions {
  /**
   * How many are written at a time, 1 to 40: each is an invocation that reads from the source.
   * @default 10
   */
  readonly concurrency?: number;
}

/** A workflow that ends with a file: started, read and canceled as any other. */
export interface ExportDefinition<
  Name extends string = string,
  Request extends StandardSchemaV1 = StandardSchemaV1,
> extends WorkflowDefinition<Name, AsSent<Request>, ExportedFile> {
  /** What makes of the request, as it was sent, what the export's functions get. */
  readonly request: Request;
}

type AsSent<Request extends StandardSchemaV1> = StandardSchemaV1<StandardSchemaV1.InferInput<Request>>;

const LONG = {
  retry: { attempts: 6, backoff: { type: 'exponential', base: '2s', max: '1m' } },
  timeout: '14m',
} as const;

/** Asks whether there is something to read. Each definition has a schema of its own for what it is asked with. */
export const PREPARE_STEP = defineStep({
  name: 'prepare-export',
  input: ours<unknown>(),
  output: ours<{ readonly done: boolean }>(),
  timeout: '1m',
});

/** Asks what there is to write side by side. */
export const PLAN_STEP = defineStep({
  name: 'plan-export',
  input: ours<unknown>(),
  output: ours<{ readonly partitions: readonly number[] }>(),
  timeout: '5m',
});

export interface ExportTurn {
  readonly request: unknown;
  /** Which one of the plan's. @default the only one */
  readonly partition?: number;
  readonly done: boolean;
  /** Once it is done. */
  readonly file?: ExportedFile;
}

/** Reads and writes for as long as a function may, and goes on in the next turn. */
export const WRITE_STEP = defineStep({
  name: 'write-export',
  input: ours<ExportTurn>(),
  output: ours<ExportTurn>(),
  ...LONG,
});

/** Writes the manifest, and before that what has been lost since: a run that is redriven begins anew. */
export const FINISH_STEP = defineStep({
  name: 'finish-export',
  input: ours<ExportTurn>(),
  output: ours<ExportTurn>(),
  ...LONG,
});

/** Of some twelve minutes each. Two such loops, with all retries, are as much as a history has room for. */
const TURNS = { turns: 500 };

type InputOf<Request extends StandardSchemaV1> = StandardSchemaV1.InferInput<Request>;

/**
 * Declares an export: from a request to a file in S3, of any size.
 *
 * @throws RangeError when an option is out of its range
 * @example
 * ```ts
 * export const exportOrders = defineExport({
 *   name: 'orders',
 *   request: z.object({ tenantId: z.string(), userId: z.string() }),
 * });
 * ```
 */
export function defineExport<const Name extends string, Request extends StandardSchemaV1>(
  options: ExportOptions<Name, Request>,
): ExportDefinition<Name, Request> {
  const { name, request, timeout = '30m', prepare, partitions, notify } = options;
  const workflow = defineWorkflow<Name, AsSent<Request>, ExportedFile>({
    name,
    input: asSent(request),
    timeout,
    flow: start => {
      const ready: Flow<InputOf<Request>, unknown> = prepare
        ? (start as Flow<InputOf<Request>, unknown>).waitUntil(PREPARE_STEP, prepare)
        : start;
      const written = partitions ? writeInPartitions(ready, partitions) : writeOneFile(ready);
      // However it was told of, the run ends with the file.
      return notify ? { nodes: [...notify(written).nodes, ...written.nodes.slice(-1)] } : written;
    },
  });
  return { ...workflow, request };
}

/** Refuses what the schema does, and leaves the rest as it is: a state machine has no dates. */
function asSent<Request extends StandardSchemaV1>(request: Request): AsSent<Request> {
  return {
    '~standard': {
      version: 1,
      vendor: 'cdk-background-jobs',
      async validate(value) {
        const { issues } = await request['~standard'].validate(value);
        return issues ? { issues } : { value: value as StandardSchemaV1.InferInput<Request> };
      },
    },
  };
}

function writeOneFile<Input>(ready: Flow<Input, unknown>): Flow<Input, ExportedFile, unknown> {
  return ready
    .repeat(WRITE_STEP, TURNS, ({ input }) => ({ request: input, done: false }))
    .set(({ results }) => results[WRITE_STEP.name].file as unknown as ExportedFile);
}

/** What is where stands in S3: nothing here grows with the partitions but the list of their numbers. */
function writeInPartitions<Input>(
  ready: Flow<Input, unknown>,
  options: PartitionOptions,
): Flow<Input, ExportedFile, unknown> {
  return ready
    .step(PLAN_STEP, ({ input }) => input)
    .map(
      ({ results }) => results[PLAN_STEP.name].partitions,
      each =>
        each
          .repeat(WRITE_STEP, TURNS, ({ input, value }) => ({
            request: input,
            partition: value,
            done: false,
          }))
          .set(() => ({})),
      options,
    )
    .repeat(FINISH_STEP, TURNS, ({ input }) => ({ request: input, done: false }))
    .set(({ results }) => results[FINISH_STEP.name].file as unknown as ExportedFile);
}

/** Output of our own functions, which needs no check. */
function ours<Value>(): StandardSchemaV1<Value> {
  return {
    '~standard': {
      version: 1,
      vendor: 'cdk-background-jobs',
      validate: value => ({ value: value as Value }),
    },
  };
}
