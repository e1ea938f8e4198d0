/** One call of a task to a service, with the permissions of the state machine's role. */
export interface AwsCall {
  readonly service: string;
  /** Whether it is an optimized integration; else one of the AWS SDK. */
  readonly optimized: boolean;
  readonly action: string;
  readonly arguments: unknown;
}

/**
 * @returns the answer as Step Functions passes it on.
 * @throws StateFailure with the name that Step Functions gives the service's error.
 */
export type CallAws = (call: AwsCall) => Promise<unknown>;
