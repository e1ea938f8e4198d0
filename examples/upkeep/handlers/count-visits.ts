import type { Handler } from 'cdk-background-jobs/lambda';
import { required } from '../../environment.ts';
import { dayBefore } from '../days.ts';
import type { countVisits } from '../tasks.ts';
import { createVisits } from '../visits.ts';

const visits = createVisits(required('TABLE'));

export const countVisitsHandler: Handler<typeof countVisits> = async (_, run) => {
  const day = dayBefore(run.schedule?.scheduledAt ?? run.firstSentAt, 1);
  const count = { day, visits: await visits.count(day) };
  await visits.keepCount(count);
  return count;
};
