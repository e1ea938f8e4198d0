import type { ScheduleGroup } from './scheduler-store.ts';

/** A group as the API shows it: a tag changes it, nothing else does. */
export function groupAnswer({ name, arn, createdAtMs }: ScheduleGroup): object {
  return {
    Arn: arn,
    Name: name,
    State: 'ACTIVE',
    CreationDate: createdAtMs / 1000,
    LastModificationDate: createdAtMs / 1000,
  };
}
