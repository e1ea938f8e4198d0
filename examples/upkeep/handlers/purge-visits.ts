import type { Handler } from 'cdk-background-jobs/lambda';
import { required } from '../../environment.ts';
import { dayBefore } from '../days.ts';
import type { purgeVisits } from '../tasks.ts';
import { createVisits } from '../visits.ts';

const visits = createVisits(required('TABLE'));

/** So many more days than the one that has just become too old: nights that were missed are made up for. */
const MISSED_NIGHTS = 7;

export const purgeVisitsHandler: Handler<typeof purgeVisits> = async ({ olderThanDays }, run) => {
  const due = run.schedule?.scheduledAt ?? run.firstSentAt;
  let purged = 0;
  for (let night = 0; night <= MISSED_NIGHTS; night++) {
    run.signal.throwIfAborted();
    purged += await visits.purge(dayBefore(due, olderThanDays + 1 + night));
  }
  return { purged };
};
