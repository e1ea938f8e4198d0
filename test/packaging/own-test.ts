/**
 * What a project tests with `/testing`: a task that it sends, its API, which finds the AWS SDK in the runtime, and a delay
 * on a clock that it holds.
 */
const STEPS = `const local = await startLocal({ app: 'cdk.out' });
  try {
    const api = local.functions.find(({ constructPath }) => constructPath === 'Shop/Api');
    if (!api) throw new Error('there is no function Shop/Api');
    Object.assign(process.env, local.clientEnvironment, { BACKGROUND_JOBS: api.environment.BACKGROUND_JOBS });

    const { runId } = await sendTask(sendWelcomeEmail, { userId: 'u-2', email: 'bob@example.com' });
    const run = await waitForRun(runId, { timeout: '20s' });
    assert.equal(run.status, 'succeeded');

    const answer = await new LambdaClient(local.clientConfig).send(new InvokeCommand({ FunctionName: api.name }));
    const response = JSON.parse(answer.Payload?.transformToString() ?? '');
    assert.equal(response.statusCode, 202, JSON.stringify(response));
  } finally {
    await local.stop();
  }

  const held = await startLocal({ app: 'cdk.out', time: 'manual' });
  try {
    const later = { userId: 'u-3', email: 'cyd@example.com' };
    const { runId } = await held.client.sendTask(sendWelcomeEmail, later, { delay: '15m' });
    await held.advance('14m');
    assert.equal((await held.client.getRun(runId))?.status, 'queued');
    await held.advance('1m');
    assert.equal((await held.client.getRun(runId))?.status, 'succeeded');
  } finally {
    await held.stop();
  }`;

function imports(extension: string): string {
  return `import assert from 'node:assert/strict';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { sendTask, waitForRun } from 'cdk-background-jobs/tasks';
import { startLocal } from 'cdk-background-jobs/testing';
import { sendWelcomeEmail } from '../src/tasks${extension}';
`;
}

export function nodeTest(extension: string): string {
  return `${imports(extension)}import { test } from 'node:test';

void test('a task that is sent succeeds', async () => {
  ${STEPS}
});
`;
}

export function vitestTest(extension: string): string {
  return `${imports(extension)}import { test } from 'vitest';

test('a task that is sent succeeds', { timeout: 60_000 }, async () => {
  ${STEPS}
});
`;
}

export function jestTest(extension: string): string {
  return `${imports(extension)}
test('a task that is sent succeeds', async () => {
  ${STEPS}
}, 60_000);
`;
}
