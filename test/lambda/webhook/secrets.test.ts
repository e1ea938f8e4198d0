import { expect, test } from 'vitest';
import { intercept } from '../../client/cloud-fixture.ts';
import { GREET_ADA, githubEvent, SECRET, startWebhook } from './start-webhook.ts';

type Webhook = Awaited<ReturnType<typeof startWebhook>>;

const MINUTE = 60_000;
let deliveries = 0;

/** @returns the status of a delivery that is signed with this secret */
async function deliver({ handler }: Webhook, secret = SECRET): Promise<number> {
  deliveries += 1;
  return (await handler(githubEvent(GREET_ADA, { id: `d-${deliveries}`, secret }))).statusCode;
}

test('a secret is read once in five minutes', async () => {
  const webhook = await startWebhook();
  for (let minute = 0; minute < 5; minute++) {
    expect(await deliver(webhook)).toBe(202);
    webhook.clock.advance(MINUTE - 1);
  }
  expect(webhook.secretReads).toHaveLength(1);

  webhook.clock.advance(5);
  await deliver(webhook);
  expect(webhook.secretReads).toHaveLength(2);
});

test('a rotated secret is picked up at the first delivery that is signed with it', async () => {
  const webhook = await startWebhook();
  await deliver(webhook);
  webhook.clock.advance(MINUTE);

  await webhook.putSecret('rotated');

  expect(await deliver(webhook, 'rotated')).toBe(202);
  expect(await deliver(webhook, SECRET)).toBe(401);
});

test('a secret that was taken back is not taken for longer than five minutes', async () => {
  const webhook = await startWebhook();
  await deliver(webhook);
  await webhook.putSecret('rotated');

  webhook.clock.advance(5 * MINUTE - 1);
  expect(await deliver(webhook)).toBe(202);
  webhook.clock.advance(1);
  expect(await deliver(webhook)).toBe(401);
});

test('while the provider changes, both secrets are taken: one a line', async () => {
  const webhook = await startWebhook({ secret: ` ${SECRET}\r\n\nrotated \n` });
  expect([await deliver(webhook), await deliver(webhook, 'rotated')]).toEqual([202, 202]);
  expect(await deliver(webhook, '')).toBe(401);
});

test('deliveries that nobody signed have the secret read once in thirty seconds at most', async () => {
  const webhook = await startWebhook();
  for (let second = 0; second < 60; second++) {
    expect(await deliver(webhook, 'guessed')).toBe(401);
    webhook.clock.advance(1000);
  }
  expect(webhook.secretReads).toHaveLength(2);
});

test('deliveries at the same time share one read', async () => {
  const webhook = await startWebhook();
  const statuses = await Promise.all([deliver(webhook), deliver(webhook), deliver(webhook)]);
  expect(statuses).toEqual([202, 202, 202]);
  expect(webhook.secretReads).toHaveLength(1);
});

test('fails when the secret cannot be read, and reads it again for the next delivery', async () => {
  const webhook = await startWebhook();
  let down = true;
  intercept(webhook.secretsManager as unknown as Parameters<typeof intercept>[0], async (_command, next) => {
    if (down) throw new Error('Secrets Manager is down');
    return await next();
  });
  await expect(deliver(webhook)).rejects.toThrow('Secrets Manager is down');
  down = false;
  expect(await deliver(webhook)).toBe(202);
});

test('a delivery that nobody signed takes no secret away when the next one cannot be read', async () => {
  const webhook = await startWebhook();
  await deliver(webhook);
  webhook.clock.advance(MINUTE);
  intercept(webhook.secretsManager as unknown as Parameters<typeof intercept>[0], async () => {
    throw new Error('Secrets Manager is down');
  });

  await expect(deliver(webhook, 'guessed')).rejects.toThrow('Secrets Manager is down');

  expect(await deliver(webhook)).toBe(202);
  expect(await deliver(webhook, 'guessed')).toBe(401);
});

test('a secret is read from the Parameter Store', async () => {
  const webhook = await startWebhook({ place: { parameter: '/github/secret' } });
  expect(await deliver(webhook)).toBe(202);
  expect(webhook.secretReads).toEqual([]);
});

test('a secret is read from a field of a secret’s JSON', async () => {
  const secret = JSON.stringify({ token: 'another', webhook: SECRET });
  const webhook = await startWebhook({ secret, place: { secret: 'github', field: 'webhook' } });
  expect(await deliver(webhook)).toBe(202);
});

test.each([
  { secret: ' \n ', field: undefined, message: 'The secret github is empty' },
  { secret: '{"webhook":"x"}', field: undefined, message: 'The secret github is JSON: name the field' },
  { secret: '{"webhook":"x"}', field: 'token', message: "no JSON object with a text in its field 'token'" },
  { secret: '{"webhook":7}', field: 'webhook', message: "no JSON object with a text in its field 'webhook'" },
  { secret: 'hush', field: 'webhook', message: "no JSON object with a text in its field 'webhook'" },
])('fails for a secret $secret with the field $field, without telling it', async ({
  secret,
  field,
  message,
}) => {
  const webhook = await startWebhook({ secret, place: { secret: 'github', ...(field && { field }) } });
  const failure = await deliver(webhook, 'x').catch((error: Error) => error.message);
  expect(failure).toMatch(message);
  expect(failure).not.toContain('hush');
});
