import { defineTask } from './task.ts';

/** A task of which only the name is known here. The consumer knows its schema, and says in a dead letter what is wrong. */
export function anyTask(name: string) {
  return defineTask({
    name,
    payload: { '~standard': { version: 1, vendor: 'background-jobs', validate: value => ({ value }) } },
  });
}
