import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cli, deployed, json, SHOP } from './deployed-stack.ts';
import { FLOWS } from './deployed-workflows.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A deployed workflow with two runs: `resting` waits, `failed` has failed. */
async function withRuns() {
  const { engine } = await deployed({ Flows: FLOWS });
  const sfn = new SFNClient(engine.clientConfig);
  const machine = engine.stateMachines[0]?.arn ?? '';
  for (const [name, wait] of [
    ['resting', true],
    ['failed', false],
  ] as const) {
    const input = JSON.stringify({ wait });
    await sfn.send(new StartExecutionCommand({ stateMachineArn: machine, name, input }));
  }
  return { machine, executionArn: `${machine.replace(':stateMachine:', ':execution:')}:failed` };
}

describe('the command', () => {
  it('shows the workflows of a stack without task queues, with their runs by status', async () => {
    const { machine } = await withRuns();

    expect(json(await cli('workflows', '--stack', 'Flows', '--json'))).toEqual([
      {
        name: 'remind',
        machine,
        table: 'Runs',
        runs: { active: 1, succeeded: 0, failed: 1, timedOut: 0, canceled: 0 },
        more: [],
      },
    ]);
    expect(await cli('workflows', '--stack', 'Flows')).toEqual({
      code: 0,
      stderr: '',
      stdout: 'remind\n  active: 1  succeeded: 0  failed: 1  timedOut: 0  canceled: 0\n',
    });
  });

  it("shows a run's steps by the run's id, and by the execution's ARN", async () => {
    const { executionArn } = await withRuns();

    const [execution] = json(await cli('executions', 'failed', '--stack', 'Flows', '--json'));
    expect(execution).toMatchObject({
      executionArn,
      status: 'failed',
      startedAt: expect.any(String),
      stoppedAt: expect.any(String),
      input: { wait: false },
      error: 'NoPaper',
      cause: 'out of paper',
      steps: [
        { name: 'Check', type: 'Choice', status: 'succeeded', input: { wait: false } },
        { name: 'Give up', type: 'Fail', status: 'failed' },
      ],
    });
    const { code, stdout } = await cli('executions', executionArn, '--env');
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T').replaceAll(/\([\d.]+ s\)/g, '(D)')).toBe(
      [
        `${executionArn}  failed`,
        '  T to T (D)',
        '  input   {"wait":false}',
        '  error   NoPaper: out of paper',
        '',
        'Check (Choice)  succeeded',
        '  T to T (D)',
        '  input   {"wait":false}',
        '  output  {"wait":false}',
        '',
        'Give up (Fail)  failed',
        '  T',
        '  input   {"wait":false}',
        '',
      ].join('\n'),
    );
  });
});

describe('executions without an id', () => {
  it('shows the latest runs, of one workflow if asked, whose ids they tell', async () => {
    const { executionArn } = await withRuns();

    const latest = json(await cli('executions', '--stack', 'Flows', '--json'));
    expect(latest).toHaveLength(2);
    expect(latest).toContainEqual({
      ...{ workflow: 'remind', runId: 'failed', executionArn, status: 'failed' },
      ...{ startedAt: expect.any(String), stoppedAt: expect.any(String) },
    });
    const { stdout } = await cli('executions', '--workflow', 'remind', '--limit', '1', '--stack', 'Flows');
    expect(stdout).toMatch(/^\d{4}-\S+Z {2}(active|failed) +remind {2}(resting|failed)( {2}[\d.]+ s)?\n$/);
  });
});

describe('the command fails with one line and exit code 1', () => {
  it('for a run that nobody knows, a stack without workflows, and without the variable', async () => {
    await deployed({ Flows: FLOWS, Shop: SHOP });
    for (const [args, message] of [
      [['executions', 'nobody', '--stack', 'Flows'], /there is no execution nobody/],
      [
        ['workflows', '--stack', 'Shop'],
        /stack Shop has no workflow: none of its 0 state machines is a TaskWorkflow's/,
      ],
      [['executions', '--workflow', 'nag', '--stack', 'Flows'], /there is no workflow nag; there are remind/],
      [['workflows', '--env'], /BACKGROUND_JOBS_WORKFLOWS is not set/],
    ] as const) {
      const { code, stdout, stderr } = await cli(...args);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^background-jobs: [^\n]+\n$/);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
  });
});
