import { defineTask } from '../../contract/task.ts';

/** The shell does not know a task's schema. The consumer does, and says in a dead letter what is wrong. */
export function anyTask(name: string) {
  return defineTask({
    name,
    payload: { '~standard': { version: 1, vendor: 'background-jobs', validate: value => ({ value }) } },
  });
}
