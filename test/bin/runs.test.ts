import { afterEach, expect, test, vi } from 'vitest';
import type { Client } from '../../client/create-client.ts';
import type { Run } from '../../contract/run.ts';
import { mainHere } from './main-here.ts';

const listRuns = vi.hoisted(() => vi.fn<Client['listRuns']>());
vi.mock('../../bin/commands/create-operator-client.ts', () => ({
  createOperatorClient: async () => ({ listRuns }),
}));

afterEach(() => {
  vi.unstubAllEnvs();
});

const run = (task: string, minute: number, fields: Partial<Run> = {}): Run => ({
  ...{ runId: `r-${minute}`, task, status: 'succeeded', epoch: 0, attempt: 1 },
  ...{ createdAt: new Date(Date.UTC(2030, 0, 1, 12, minute)), ...fields },
});

test('runs shows the latest of all tasks, each in one line, and looks for one task after another', async () => {
  const queue = { url: 'q', deadLetterUrl: 'd', table: 't', tasks: ['greet', 'send-welcome-email'] };
  vi.stubEnv('BACKGROUND_JOBS', JSON.stringify([queue]));
  let underWay = 0;
  let most = 0;
  const error = { name: 'SmtpError', message: 'mailbox\n  full' };
  listRuns.mockImplementation(async ({ task: { name } }) => {
    most = Math.max(most, ++underWay);
    await Promise.resolve();
    underWay--;
    return name === 'greet'
      ? { runs: [run(name, 2), run(name, 0)] }
      : { runs: [run(name, 1, { status: 'deadLettered', attempt: 5, error })] };
  });

  expect(await mainHere(['runs', '--env', '--limit', '2'])).toEqual({
    code: 0,
    stderr: '',
    stdout:
      '2030-01-01T12:02:00.000Z  succeeded     greet               r-2  1 attempt\n' +
      '2030-01-01T12:01:00.000Z  deadLettered  send-welcome-email  r-1  5 attempts  SmtpError: mailbox full\n',
  });
  expect(most).toBe(1);
});
