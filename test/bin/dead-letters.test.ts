import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { confirm } from '../../bin/commands/confirm.ts';
import type { DevState } from '../../bin/commands/dev-state.ts';
import { ENVIRONMENT_VARIABLE } from '../../contract/environment.ts';
import { NonRetryableError } from '../../contract/errors.ts';
import { envelopeOf, greet } from '../client/cloud-fixture.ts';
import { envelopeFor, givenUpItem, startDeadLetterCloud } from '../client/dead-letter-fixture.ts';
import { newFolder } from '../local/engine/written-assembly.ts';
import { spawnCli } from './spawned-cli.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** A task queue with the dead letters `a` and `b`, and the command as it finds them. */
async function setUp() {
  const cloud = await startDeadLetterCloud();
  await cloud.giveUp(['a', 'b']);
  const folder = await newFolder();
  const { queue } = cloud;
  const environment = {
    AWS_ENDPOINT_URL: new URL(queue.url).origin,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    [ENVIRONMENT_VARIABLE]: JSON.stringify([queue]),
  };
  const state: DevState = {
    pid: process.pid,
    environment,
    queues: [{ url: queue.url, constructPath: 'Email/Queue' }],
  };
  await writeFile(join(folder, 'background-jobs-dev.json'), JSON.stringify(state));
  // The clock stands still, but for the command's long polls.
  Object.assign(cloud.clock, {
    letPass<T>(waiting: T): T {
      cloud.clock.advance(1000);
      return waiting;
    },
  });
  return {
    ...cloud,
    environment,
    async cli(...args: readonly string[]) {
      const cli = spawnCli([...args, ...(args.includes('--env') ? [] : ['--app', folder])]);
      const code = await cli.ended();
      return { code, stdout: cli.stdout(), stderr: cli.stderr() };
    },
  };
}

/** The command lives by the machine's time, its runs by the test's. */
const THEN = ['--from', '2029-12-31', '--to', '2030-01-02'];
const DONE = { code: 0, stderr: '' };
const json = ({ stdout }: { readonly stdout: string }): unknown[] =>
  stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));

describe('the command', () => {
  it('shows dead letters, their groups, and what lies in the queue', async () => {
    const { cli, sendLetters } = await setUp();
    await sendLetters(JSON.stringify(envelopeFor('moved')));

    const list = await cli('dead-letters', '--text', 'mailbox', ...THEN);
    expect(list).toMatchObject(DONE);
    expect(list.stdout).toMatch(
      /^2030-01-01T12:00:00.000Z {2}greet {2}b {2}attemptsUsedUp .*SmtpError: mailbox full\n/,
    );
    expect(json(await cli('dead-letters', '--group', '--json', ...THEN))).toMatchObject([
      { count: 2, task: 'greet' },
    ]);
    const queue = await cli('dead-letters', '--queue');
    expect(queue.stdout).toMatch(/ greet {2}moved {2}moved by SQS\n/);
    expect(queue.stdout.split('\n')).toHaveLength(4);
  });

  it('counts the messages of each queue', async () => {
    const { cli } = await setUp();

    expect(json(await cli('counts', '--json'))).toMatchObject([
      { tasks: ['greet'], waiting: 0, deadLettered: 2 },
    ]);
  });

  it('redrives a run, with another payload for one', async () => {
    const { cli, messages, queue } = await setUp();

    expect(await cli('redrive', 'a', '--yes')).toEqual({ ...DONE, stdout: 'redriven: a, epoch 1\n' });
    expect(json(await cli('redrive', 'b', '--payload', '{"name":"Eve"}', '--yes', '--json'))).toEqual([
      { runId: 'b', epoch: 2 },
    ]);

    expect(messages(queue).map(envelopeOf)).toMatchObject([
      { runId: 'a', payload: { name: 'Ada' } },
      { runId: 'b', payload: { name: 'Eve' } },
    ]);
  });

  it('shows a redriven run whole: which lives it had before, and how each ended', async () => {
    const { cli, deliver, handler } = await setUp();
    handler.mockRejectedValueOnce(new NonRetryableError('no such user'));
    for (const _ of ['first', 'second']) {
      await cli('redrive', 'a', '--yes');
      await deliver();
    }

    const run = await cli('runs', 'a');

    expect(run).toMatchObject(DONE);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ...{ runId: 'a', status: 'succeeded', epoch: 2, attempt: 1 },
      history: [
        {
          epoch: 0,
          attempts: 1,
          cause: 'attemptsUsedUp',
          error: { name: 'SmtpError', message: 'mailbox full' },
        },
        { epoch: 1, attempts: 1, cause: 'notRetryable', error: { message: 'no such user' } },
      ],
    });
  });

  it('redrives all, dry first', async () => {
    const { cli, letterCounts } = await setUp();
    const counts = { redriven: 2, stale: 0, skipped: 0, failed: 0 };

    expect(json(await cli('redrive', '--all', '--dry-run', '--json'))).toEqual([counts]);
    expect(letterCounts().visible).toBe(2);
    expect(json(await cli('redrive', '--all', '--task', 'greet', '--yes', '--json'))).toEqual([counts]);
    expect(letterCounts().visible).toBe(0);
  });

  it('discards one, and the rest', async () => {
    const { cli, rows, letterCounts } = await setUp();
    const reason = ['--reason', 'no use', '--yes'];

    expect(await cli('discard', 'a', ...reason)).toEqual({ ...DONE, stdout: 'discarded: a\n' });
    expect(json(await cli('discard', '--all', '--json', ...reason))).toMatchObject([{ letters: 1 }]);

    expect((await rows()).map(({ discardReason }) => discardReason)).toEqual(['no use', 'no use']);
    expect(letterCounts().visible).toBe(0);
  });

  it('cancels a run, and all of a task', async () => {
    const { cli, client, rows } = await setUp();
    const sent = await client.sendTasks(greet, [{ payload: { name: 'Ada' } }, { payload: { name: 'Eve' } }]);
    const [first] = sent;
    const runId = first?.status === 'sent' ? first.runId : '';

    expect(await cli('cancel', runId, '--yes')).toEqual({ ...DONE, stdout: `${runId}: canceled\n` });
    const all = await cli('cancel', '--all', '--task', 'greet', '--yes', '--json', ...THEN);
    expect(json(all)).toEqual([{ canceled: 1, requested: 0, ended: 1, skipped: 0 }]);

    expect((await rows()).filter(({ status }) => status === 'canceled')).toHaveLength(2);
  });

  it('takes queues and credentials from the environment', async () => {
    const { cli, environment } = await setUp();
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);

    expect(json(await cli('counts', '--env', '--json'))).toMatchObject([{ deadLettered: 2 }]);
  });
});

describe('the command fails with one line and exit code 1, and changes nothing,', () => {
  it.each<[what: string, args: string[], message: RegExp]>([
    ['for a run that nobody knows', ['redrive', 'nobody', '--yes'], /There is no run nobody/],
    ['for a run that is not dead-lettered', ['redrive', 'done', '--yes'], /Run done is succeeded/],
    ['when nobody can be asked about the redrive of a run', ['redrive', 'a'], /no terminal to ask on/],
    ['when nobody can be asked about a redrive', ['redrive', '--all'], /no terminal to ask on.*--yes/],
    [
      'when nobody can be asked about a discarding',
      ['discard', 'a', '--reason', 'x'],
      /no terminal to ask on/,
    ],
    ['when nobody can be asked about canceling', ['cancel', 'a'], /no terminal to ask on/],
    ['without a run or --all', ['redrive', '--yes'], /give a run's id, or --all/],
    ['with both', ['discard', 'a', '--all', '--reason', 'x', '--yes'], /a run's id or --all, not both/],
    ['with a run and a filter', ['redrive', 'a', '--cause', 'lost'], /--cause goes with --all/],
    ['with a rate of nothing', ['redrive', '--all', '--yes', '--rate', 'x'], /rate must be 0.1 or more/],
    [
      'for another payload of an unknown run',
      ['redrive', 'nobody', '--payload', '{}'],
      /there is no run nobody/,
    ],
    ['without the variable', ['counts', '--env'], /BACKGROUND_JOBS is not set/],
  ])('%s', async (_, args, message) => {
    const { cli, putRow, rows, letterCounts, messages, queue } = await setUp();
    await putRow({ ...givenUpItem('done'), status: 'succeeded' });
    const before = await rows();

    const { code, stdout, stderr } = await cli(...args);

    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^background-jobs: [^\n]+\n$/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await rows()).toEqual(before);
    expect(letterCounts().visible).toBe(2);
    expect(messages(queue)).toEqual([]);
  });

  it('when AWS is out of reach', async () => {
    const { cli, environment } = await setUp();
    const nowhere = { ...environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' };
    for (const [name, value] of Object.entries(nowhere)) vi.stubEnv(name, value);

    const { code, stderr } = await cli('dead-letters', '--env');

    expect(stderr).toMatch(/^background-jobs: [^\n]*ECONNREFUSED[^\n]*\n$/);
    expect(code).toBe(1);
  });
});

describe('on a terminal', () => {
  const terminal = (answer: string) => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as unknown as typeof process.stdin);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    stdin.end(`${answer}\n`);
  };

  it.each(['y', 'yes', 'Y'])('%j goes on', async answer => {
    terminal(answer);
    await confirm('This deletes 2 dead letters.', undefined);
  });

  it.each(['', 'n', 'yay'])('%j ends it', async answer => {
    terminal(answer);
    await expect(confirm('This deletes 2 dead letters.', false)).rejects.toThrow('nothing was changed');
  });
});
