import { afterEach, describe, expect, it, vi } from 'vitest';
import { letterBody } from '../client/dead-letter-fixture.ts';
import { serve } from '../serve.ts';
import { cli, consumer, deployed, functionOf, json, QUEUE, ROLE, SHOP, TABLE } from './deployed-stack.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('with --stack, by its AWS credentials,', () => {
  it('the command sends, shows and counts', async () => {
    await deployed({ Shop: SHOP });

    const [sent] = json(await cli('send', '--stack', 'Shop', 'greet', '{"name":"Ada"}', '--json'));
    expect(sent).toMatchObject({ duplicate: false });
    expect(json(await cli('runs', '--stack', 'Shop', '--json'))).toMatchObject([
      { runId: (sent as { runId: string }).runId, status: 'queued' },
    ]);
    expect(json(await cli('counts', '--stack', 'Shop', '--json'))).toMatchObject([
      { tasks: ['greet'], waiting: 1, deadLettered: 0 },
    ]);
  });

  it('the command says that there is nothing to show, but to scripts', async () => {
    await deployed({ Shop: SHOP });

    for (const [verb, line] of [
      ['runs', 'no runs\n'],
      ['dead-letters', 'no dead letters\n'],
    ] as const) {
      expect(await cli(verb, '--stack', 'Shop')).toEqual({ code: 0, stderr: '', stdout: line });
      expect(await cli(verb, '--stack', 'Shop', '--json')).toEqual({ code: 0, stderr: '', stdout: '' });
    }
  });

  it('the command shows dead letters, redrives, discards and cancels', async () => {
    const { send } = await deployed({ Shop: SHOP });
    for (const run of ['a', 'b']) await send('Dead', letterBody(run));
    const [sent] = json(await cli('send', '--stack', 'Shop', 'greet', '{}', '--json')) as { runId: string }[];

    expect(json(await cli('dead-letters', '--stack', 'Shop', '--queue', '--json'))).toHaveLength(2);
    expect(json(await cli('redrive', '--stack', 'Shop', 'a', '--yes', '--json'))).toEqual([
      { runId: 'a', epoch: 1 },
    ]);
    expect(
      json(await cli('discard', '--stack', 'Shop', '--all', '--reason', 'no use', '--yes', '--json')),
    ).toMatchObject([{ letters: 1 }]);
    expect(json(await cli('cancel', '--stack', 'Shop', sent?.runId ?? '', '--yes', '--json'))).toMatchObject([
      { status: 'canceled' },
    ]);
  });
});

/** An AWS that answers every request with this error. */
async function refusingAws(code: string, message: string): Promise<void> {
  const url = await serve((_, response) => {
    response.writeHead(403, { 'content-type': 'text/xml' });
    response.end(
      `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  });
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
}

describe('with --stack the command fails with one line and exit code 1', () => {
  const failsWith = async (args: readonly string[], message: RegExp) => {
    const { code, stdout, stderr } = await cli(...args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^background-jobs: [^\n]+\n$/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  };

  it('for a wrong stack, one without task queues, and an ambiguous task', async () => {
    await deployed({
      Shop: { ...SHOP, Second: QUEUE, Other: functionOf('Second', consumer) },
      Api: { Dead: QUEUE, Queue: QUEUE, Runs: TABLE, Role: ROLE, Producer: functionOf('Queue') },
    });

    await failsWith(
      ['counts', '--stack', 'Shpo'],
      /there is no stack Shpo in us-east-1 .*--stack, --region or --profile/,
    );
    await failsWith(['counts', '--stack', 'Api'], /stack Api has no task queue: none of its 1 function/);
    await failsWith(['send', '--stack', 'Shop', 'greet', '{}'], /Task 'greet' is carried by two queues, /);
    await failsWith(
      ['cancel', '--stack', 'Shop', '--all', '--task', 'greet', '--yes'],
      /carried by two queues/,
    );
  });

  it('with credentials that have expired', async () => {
    await refusingAws('ExpiredToken', 'The security token included in the request is expired');
    await failsWith(['counts', '--stack', 'Shop'], /is expired; log in again, as for the AWS CLI/);
  });

  it('with options that do not go together', async () => {
    await failsWith(['counts', '--stack', 'Shop', '--env'], /give --stack or --env, not both/);
    await failsWith(['counts', '--profile', 'prod'], /--profile goes with --stack or --env/);
  });
});
