import type { Webhook } from './create-webhook.ts';
import type { WebhookDelivery } from './forward.ts';
import { sendDelivery } from './send-delivery.ts';
import { methodOf, toWebhookRequest, type WebhookAnswer, type WebhookEvent } from './webhook-event.ts';
import type { WebhookRequest } from './webhook-signature.ts';

/** A longer id would not fit into an idempotency key beside the webhook's name. */
const MAX_ID_LENGTH = 512;

/** Of a reason that a function of somebody else's gives. */
const MAX_REASON_LENGTH = 200;

/**
 * @throws whatever keeps a delivery that is right from being sent: Lambda answers 5xx and counts an error, and the
 * provider may send it again
 */
export async function receiveDelivery(webhook: Webhook, event: WebhookEvent): Promise<WebhookAnswer> {
  const { client, signature, maxBodyBytes } = webhook;
  const refuse = (statusCode: number, reason: string, headers?: WebhookAnswer['headers']): WebhookAnswer => {
    webhook.log({ level: 'WARN', message: `${webhook.name} answered ${statusCode}: ${reason}` });
    return { statusCode, ...(headers && { headers }), body: '' };
  };
  if (methodOf(event) !== 'POST') return refuse(405, 'the method is not POST', { allow: 'POST' });

  const request = toWebhookRequest(event, new Date(client.clock.now()));
  const { length } = request.rawBody;
  if (length > maxBodyBytes)
    return refuse(413, `the body has ${length} bytes, at most ${maxBodyBytes} are taken`);

  const verdict = await verify(webhook, request);
  if (verdict !== true) return refuse(401, String(verdict).slice(0, MAX_REASON_LENGTH));

  const body = parseJson(request.rawBody);
  if (body === undefined) return refuse(400, 'the body is no JSON');
  const id = signature.deliveryId(request, body);
  if (!isDeliveryId(id)) return refuse(400, `the delivery has no id of 1 to ${MAX_ID_LENGTH} characters`);
  return await forwardDelivery(webhook, { ...request, id, body });
}

/** With secrets that were read before, and once more with those of now when they have been rotated since. */
async function verify({ signature, secrets }: Webhook, request: WebhookRequest): Promise<true | string> {
  const verdict = await verifyWithAny(await secrets.get());
  if (verdict === true) return true;
  const renewed = await secrets.renew();
  return renewed ? await verifyWithAny(renewed) : verdict;

  async function verifyWithAny(candidates: readonly string[]): Promise<true | string> {
    let reason = 'there is no secret';
    for (const secret of candidates) {
      const answer = await signature.verify(request, secret);
      if (answer === true) return true;
      reason = answer;
    }
    return reason;
  }
}

/** Route after route: when one fails, those before it are found sent at the redelivery. */
async function forwardDelivery(webhook: Webhook, delivery: WebhookDelivery): Promise<WebhookAnswer> {
  let sent = 0;
  for (const route of webhook.routes) {
    const outcome = await sendDelivery(webhook.client, webhook.name, route, delivery);
    if (outcome === 'ignored') continue;
    sent += 1;
    webhook.log({
      level: 'INFO',
      message: `${webhook.name}: delivery ${delivery.id} ${outcome.duplicate ? 'has its run already' : 'is sent'}`,
      task: route.task.name,
      runId: outcome.runId,
    });
  }
  return { statusCode: sent > 0 ? 202 : 204, body: '' };
}

/** Undefined for what is no JSON, which JSON cannot be. */
function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isDeliveryId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH && id.isWellFormed();
}
