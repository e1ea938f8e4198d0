import { expect, test } from 'vitest';
import { firstScheduleName, isRunScheduleName, nextScheduleName } from '../../client/run-schedule.ts';
import { newRunId, runIdOfKey } from '../../contract/run-id.ts';

test.each([
  newRunId(1_893_456_000_000),
  runIdOfKey('greet', 'u-1'),
])("the schedules of run %s are known for a run's by their names", runId => {
  const run = { runId, epoch: 12 };

  expect([firstScheduleName(run), nextScheduleName(run)].map(isRunScheduleName)).toEqual([true, true]);
});

test.each([
  'key.digest-7',
  'Shop-NightlySchedule4D0C1B2A-1QXZ',
  'key.0197a3c2-11ff-7000-8000-00aa00bb00cc.0',
  'nightly.0',
])('%s is no name of a run that waits', name => {
  expect(isRunScheduleName(name)).toBe(false);
});
