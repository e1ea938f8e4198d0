import { type Firing, isFiring } from './firing.ts';
import { MAX_NESTING } from './limits.ts';
import { AN_OBJECT_REF, isObjectRef, type ObjectRef } from './object-ref.ts';
import { isNestedDeeper } from './payload.ts';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey, isRunId, RUN_ID_RULE, runIdOfKey } from './run-id.ts';
import { isTaskName } from './task.ts';
import { isTraceparent } from './trace-context.ts';

/**
 * The message body: the payload and what the consumer must know of its run.
 *
 * A message that is not ours needs only `{ "task": "...", "payload": ... }`. Its identity is its `idempotencyKey` or
 * `id`, or else the SQS message id.
 */
export interface Envelope {
  readonly v: typeof ENVELOPE_VERSION;
  readonly runId: string;
  /** The run's life that this message belongs to: 0, and one more with each redrive. */
  readonly epoch: number;
  readonly task: string;
  /** Undefined where there is a `payloadRef`. */
  readonly payload: unknown;
  /** Where the payload lies, when it is too large for a message. */
  readonly payloadRef?: ObjectRef;
  /** When the run was first sent, by SQS's clock: the first consumer that sees the message fills it in. */
  readonly firstSentAt?: number;
  readonly idempotencyKey?: string;
  /** Of a message from elsewhere that says nothing of its identity: the task's definition may know a key for it. */
  readonly anonymous?: true;
  /**
   * The epoch in which the key was last used anew, after its run had succeeded and was forgotten: what the run does now
   * is to be done once more. Absent before that.
   */
  readonly keyEpoch?: number;
  /** Runs above this one: a task sent by an application is at 0, one sent by its handler at 1. */
  readonly depth: number;
  /** How often the run was moved to another time when this was sent: an earlier message is passed over. */
  readonly moves?: number;
  /** What fired it, when a schedule did. */
  readonly schedule?: Firing;
  /** The W3C trace context of what sent it. */
  readonly traceparent?: string;
  /** In the dead letter of a message that was no envelope: what its body was. */
  readonly malformedBody?: string;
}

/** What a message says beside its payload. */
export type EnvelopeFrame = Omit<Envelope, 'payload'> & { readonly payload?: never };

export const ENVELOPE_VERSION = 1;

/** The task that a run of a malformed message is listed under. No task can be named so. */
export const MALFORMED_TASK = '(malformed)';

/** What a message body says; or, when it is no envelope, an envelope around it and why. */
export interface DecodedMessage {
  readonly envelope: Envelope;
  /** Why it can never be run. */
  readonly malformed?: string;
  /** Whether the body is such a message itself, and not the letter of one. */
  readonly anonymous?: true;
}

/** Never throws: whatever the body is, it has an identity under which it can be dead-lettered. */
export function decodeMessage(body: string, messageId: string): DecodedMessage {
  try {
    const fields = readObject(body);
    if (fields.v === undefined) return readForeign(fields, messageId);
    if (fields.v !== ENVELOPE_VERSION) {
      throw new Malformed(
        `v must be ${ENVELOPE_VERSION}, the version this consumer reads, got ${show(fields.v)}`,
      );
    }
    return typeof fields.malformedBody === 'string'
      ? readAgain(fields, fields.malformedBody)
      : { envelope: readOwn(fields) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return {
      envelope: {
        v: ENVELOPE_VERSION,
        runId: messageId,
        epoch: 0,
        task: MALFORMED_TASK,
        payload: null,
        depth: 0,
        malformedBody: body,
      },
      malformed: error.message,
    };
  }
}

class Malformed extends Error {}

/** A JSON object that may or may not be an envelope. */
type Fields = { readonly [Field in keyof Envelope | 'id' | 'messageId']?: unknown };

function readObject(body: string): Fields {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch (error) {
    throw new Malformed(`the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (isNestedDeeper(message, MAX_NESTING + 1)) {
    throw new Malformed(`the payload must not be nested more than ${MAX_NESTING} levels deep`);
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new Malformed(
      `the body must be a JSON object with the fields task and payload, got ${show(message)}`,
    );
  }
  return message;
}

function readOwn(fields: Fields): Envelope {
  const { firstSentAt, idempotencyKey, anonymous, keyEpoch, moves } = fields;
  return {
    v: ENVELOPE_VERSION,
    runId: read('runId', fields.runId, isRunId, RUN_ID_RULE),
    epoch: read('epoch', fields.epoch, isCount, A_COUNT),
    task: read('task', fields.task, isTaskName, A_TASK_NAME),
    payload: fields.payload,
    ...readPayloadRef(fields),
    ...(firstSentAt !== undefined && {
      firstSentAt: read('firstSentAt', firstSentAt, isTime, 'milliseconds since the epoch'),
    }),
    ...(idempotencyKey !== undefined && {
      idempotencyKey: read('idempotencyKey', idempotencyKey, isIdempotencyKey, IDEMPOTENCY_KEY_RULE),
    }),
    ...(anonymous === true && { anonymous }),
    ...(keyEpoch !== undefined && {
      keyEpoch: read('keyEpoch', keyEpoch, isCount, A_COUNT),
    }),
    depth: read('depth', fields.depth ?? 0, isCount, A_COUNT),
    ...(moves !== undefined && { moves: read('moves', moves, isCount, A_COUNT) }),
    ...readSchedule(fields),
    ...traceOf(fields),
  };
}

function readForeign(fields: Fields, messageId: string): DecodedMessage {
  const task = read('task', fields.task, isTaskName, A_TASK_NAME);
  const common = {
    v: ENVELOPE_VERSION,
    epoch: 0,
    task,
    payload: fields.payload,
    depth: 0,
    ...readSchedule(fields),
    ...traceOf(fields),
  } as const;
  const given = fields.idempotencyKey ?? fields.id;
  if (given === undefined) {
    // SQS gives a message that is sent again a new id: a redrive says what the first one was.
    const { messageId: first = messageId } = fields;
    const runId = read('messageId', first, isRunId, RUN_ID_RULE);
    return { envelope: { ...common, runId, anonymous: true }, anonymous: true };
  }
  const idempotencyKey = read('idempotencyKey (or id)', given, isIdempotencyKey, IDEMPOTENCY_KEY_RULE);
  return { envelope: { ...common, ...identityOf(task, idempotencyKey) } };
}

/** What a key makes of a run. */
export function identityOf(task: string, idempotencyKey: string): Pick<Envelope, 'runId' | 'idempotencyKey'> {
  return { runId: runIdOfKey(task, idempotencyKey), idempotencyKey };
}

function readPayloadRef({ payloadRef }: Fields): { readonly payloadRef?: ObjectRef } {
  if (payloadRef === undefined) return {};
  return { payloadRef: read('payloadRef', payloadRef, isObjectRef, AN_OBJECT_REF) };
}

function readSchedule({ schedule }: Fields): { readonly schedule?: Firing } {
  if (schedule === undefined) return {};
  return { schedule: read('schedule', schedule, isFiring, 'what a schedule of this version sends') };
}

/** A redriven dead letter of a malformed message: this consumer may be able to read what an older one could not. */
function readAgain(fields: Fields, malformedBody: string): DecodedMessage {
  const runId = read('runId', fields.runId, isRunId, RUN_ID_RULE);
  const epoch = read('epoch', fields.epoch, isCount, A_COUNT);
  const { envelope, ...rest } = decodeMessage(malformedBody, runId);
  return { ...rest, envelope: { ...envelope, runId, epoch } };
}

/** No message is refused for its trace: it runs without. */
function traceOf({ traceparent }: Fields): { traceparent?: string } {
  return isTraceparent(traceparent) ? { traceparent } : {};
}

function read<T>(field: string, value: unknown, fits: (value: unknown) => value is T, expected: string): T {
  if (!fits(value)) throw new Malformed(`${field} must be ${expected}, got ${show(value)}`);
  return value;
}

const A_TASK_NAME = "a task's name, 1 to 128 of a-z A-Z 0-9 . _ - that begin with a letter or digit";

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 100) ?? 'nothing';

/** No run has so many lives. One more than any that is read can be counted, too. */
const MAX_COUNT = 1_000_000;

const A_COUNT = `a whole number, 0 to ${MAX_COUNT}`;

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCount = (value: unknown): value is number => isTime(value) && value <= MAX_COUNT;
