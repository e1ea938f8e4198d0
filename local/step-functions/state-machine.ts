import type { Definition } from './definition/definition.ts';

/** A Standard state machine. */
export interface StateMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** As it was given. */
  readonly definitionJson: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}
