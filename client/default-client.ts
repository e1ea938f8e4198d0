import { createClient } from './create-client.ts';

/** The verbs of a client that finds its queues in the environment. */
export const {
  sendTask,
  sendTasks,
  getRun,
  waitForRun,
  listRuns,
  countRuns,
  cancelRun,
  cancelRuns,
  listDeadLetters,
  groupDeadLetters,
  readDeadLetterQueue,
  redrive,
  redriveAll,
  reschedule,
  schedules,
  discard,
  discardAll,
} = createClient();
