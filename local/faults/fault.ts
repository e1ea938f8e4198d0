/** How often a fault happens to what it fits. */
export interface Frequency {
  /** Lets so many pass first: 1 is the second time. @default 0 */
  readonly skip?: number;
  /** Happens so often at most. @default each time, until it is removed */
  readonly times?: number;
  /** Above 0, up to 1. @default 1: each time */
  readonly probability?: number;
  /** Of the dice of this fault: the same seed falls the same way. @default 1 */
  readonly seed?: number;
}

/** Something goes wrong with a request to a service. */
export interface RequestFault extends Frequency {
  /** As requests are signed for it: `sqs`, `dynamodb`, `s3`, `sns`, `lambda`, … */
  readonly service: string;
  /** As the API names it: `UpdateItem`. Not for services of plain HTTP (S3, Lambda). @default all */
  readonly action?: string;
  /** The queue, table, topic, bucket or function that is named in the request: name, ARN or URL. @default all */
  readonly resource?: string;
  /** The name of the function that makes the request. @default whoever does, the test itself too */
  readonly caller?: string;
  /**
   * - `throttle`, `serverError`: refused, and not carried out; the SDK tries again
   * - `latency`: carried out `latencyMs` later
   * - `lostAnswer`: carried out, then the connection is closed without an answer; the SDK tries again
   * - `partialFailure`: of a batch of SQS about half of the entries, at least one, are not carried out
   * - `crashBefore`, `crashAfter`: the process of the function that calls is killed when the request arrives, or has
   *   been carried out; requests that do not come from a function pass
   */
  readonly kind:
    | 'throttle'
    | 'serverError'
    | 'latency'
    | 'lostAnswer'
    | 'partialFailure'
    | 'crashBefore'
    | 'crashAfter';
  /** Of `latency`, in milliseconds by the engine's clock. */
  readonly latencyMs?: number;
}

/** Something goes wrong with an invocation of a function. */
export interface InvocationFault extends Frequency {
  /** The function's name. */
  readonly function: string;
  /**
   * - `throttle`: no execution environment is free
   * - `crash`: its process is killed
   * - `outOfMemory`: its process ends as V8 ends it when the heap is full
   * - `timeout`: it does nothing more, until Lambda kills it at the function's timeout
   */
  readonly kind: 'throttle' | 'crash' | 'outOfMemory' | 'timeout';
  /** Milliseconds into the invocation. @default 0: before the handler is called */
  readonly afterMs?: number;
}

/** Something goes wrong with a batch that an event source delivers. */
export interface DeliveryFault extends Frequency {
  /** The queue's name. */
  readonly queue: string;
  /**
   * - `duplicate`: the batch is delivered to a second invocation, too
   * - `visibilityExpires`: its messages become visible again while the function has them
   * - `acknowledgementLost`: what the function has done is not deleted
   */
  readonly kind: 'duplicate' | 'visibilityExpires' | 'acknowledgementLost';
  /** Milliseconds after the delivery; not for `acknowledgementLost`. @default 0: beside it */
  readonly afterMs?: number;
}

/** Something goes wrong with a firing of a schedule. */
export interface FiringFault extends Frequency {
  /** The schedule's name. */
  readonly schedule: string;
  /**
   * - `duplicate`: it fires for one time twice, the second time `afterMs` later
   * - `late`: it fires `afterMs` after its time
   */
  readonly kind: 'duplicate' | 'late';
  /** In milliseconds. @default 0 */
  readonly afterMs?: number;
}

export type Fault = RequestFault | InvocationFault | DeliveryFault | FiringFault;

/** A fault that was added. */
export interface AddedFault {
  /** How often it has happened. */
  readonly count: number;
  remove(): void;
}

/** What goes wrong in the engine, on demand. Of several faults that fit, the one that was added first happens. */
export interface Faults {
  /**
   * @throws RangeError for a fault that could never happen: a function or queue that does not exist, a number out of
   * its range
   * @example
   * ```ts
   * // The consumer's process dies between its claim and the handler.
   * local.faults.add({ service: 'dynamodb', action: 'UpdateItem', kind: 'crashAfter', times: 1 });
   * ```
   */
  add(fault: Fault): AddedFault;
  /** Removes all. */
  clear(): void;
}
