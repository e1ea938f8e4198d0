import type { Place } from '../place.ts';

/** A stack all of whose resources exist. */
export interface CreatedStack {
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  readonly resources: readonly CreatedResource[];
  readonly outputs: Readonly<Record<string, string>>;
}

export interface CreatedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** As `AWS::StackId` says it. */
export function stackId(name: string, { region, accountId }: Place): string {
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/00000000-0000-0000-0000-000000000000`;
}
