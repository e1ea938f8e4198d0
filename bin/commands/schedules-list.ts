import { Command } from 'commander';
import { nextTimes } from '../../contract/schedule/next-times.ts';
import { connectScheduler } from './connect-scheduler.ts';
import { parseCount } from './dead-letter-options.ts';
import { describeSchedule, scheduleToJson } from './describe-schedule.ts';
import type { KnownSchedule } from './known-schedule.ts';
import { lastFiring } from './last-firing.ts';
import { addOperatorOptions, type OperatorOptions, operateOn } from './operator-client.ts';
import { readSchedules } from './read-schedules.ts';
import { sideBySide } from './side-by-side.ts';

interface SchedulesListOptions extends OperatorOptions {
  readonly limit: number;
}

export const SCHEDULE_OPTIONS = { what: 'schedules', variable: 'BACKGROUND_JOBS' };

export function schedulesListCommand(): Command {
  return addOperatorOptions(new Command('list'), SCHEDULE_OPTIONS)
    .description('Shows the schedules: when each was due last, what became of it, and its next five times.')
    .option('--limit <n>', 'at most so many', parseCount, 50)
    .addHelpText('after', '\nExample:\n  $ background-jobs schedules list --stack Shop')
    .action(schedulesList);
}

const RUNS_AT_ONCE = 10;

async function schedulesList({ limit, ...options }: SchedulesListOptions): Promise<void> {
  await operateOn(options, async deployment => {
    const { scheduler, searched, queues } = await connectScheduler(deployment);
    const { schedules, more } = await readSchedules(scheduler, searched, limit);
    const { createOperatorClient } = await import('./create-operator-client.ts');
    const client = queues.length > 0 ? await createOperatorClient(queues, deployment.config) : undefined;
    const now = new Date();
    const reports = await sideBySide(schedules, RUNS_AT_ONCE, async schedule => ({
      schedule,
      last: await lastFiring(schedule, client, now),
      next: nextOf(schedule, now),
    }));
    if (options.json) {
      for (const report of reports) process.stdout.write(`${scheduleToJson(report)}\n`);
      return;
    }
    const shown = reports.map(describeSchedule);
    if (shown.length === 0) shown.push('no schedules');
    if (more) shown.push(`there are more than ${limit}; see them with a higher --limit`);
    process.stdout.write(`${shown.join('\n\n')}\n`);
  });
}

const TIMES_SHOWN = 5;

function nextOf({ times, enabled, start, end, createdAt }: KnownSchedule, now: Date): readonly Date[] {
  if (!times || !enabled) return [];
  // A rate without a start counts from when it was made, and no schedule fired before.
  return nextTimes(times, { after: now, count: TIMES_SHOWN, start: start ?? createdAt, end });
}
