import type {
  ALBEvent,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  LambdaFunctionURLEvent,
} from 'aws-lambda';
import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import {
  createWebhook,
  forward,
  githubSignature,
  hmacSignature,
  type WebhookDelivery,
  type WebhookFunction,
  type WebhookRoute,
  type WebhookSignature,
} from '../../lambda/index.ts';

const triage = defineTask({
  name: 'triage',
  payload: z.object({ issue: z.number(), at: z.string().transform(text => new Date(text)) }),
});

test('a route makes the input of its task’s schema of a delivery, at once or later, or ignores it', () => {
  forward(triage, delivery => {
    expectTypeOf(delivery).toEqualTypeOf<WebhookDelivery>();
    expectTypeOf(delivery.body).toEqualTypeOf<unknown>();
    return { issue: 1, at: '2030-01-01' };
  });
  forward(triage, async ({ id }) => (id === 'x' ? 'ignore' : { issue: 1, at: '2030-01-01' }));
  expectTypeOf(forward(triage, () => 'ignore')).toEqualTypeOf<WebhookRoute>();
});

test('a route that makes anything else is refused', () => {
  // @ts-expect-error: the schema takes a text and makes a Date of it
  forward(triage, () => ({ issue: 1, at: new Date() }));
  // @ts-expect-error: a field is missing
  forward(triage, () => ({ issue: 1 }));
  // @ts-expect-error: whoever returns nothing has forgotten to say what is to happen
  forward(triage, () => {});
  // @ts-expect-error: what the provider has sent must be looked at
  forward(triage, ({ body }) => body);
});

test('a message group is told from the payload and the delivery', () => {
  forward(triage, () => ({ issue: 1, at: '2030-01-01' }), {
    groupKey(payload, delivery) {
      expectTypeOf(payload).toEqualTypeOf<{ issue: number; at: string }>();
      return `${payload.issue}-${delivery.id}`;
    },
  });
});

test('a signature of one’s own has both of its functions', () => {
  const own: WebhookSignature = {
    verify: ({ rawBody }, secret) => rawBody.toString() === secret || 'it is not',
    deliveryId: ({ headers }) => headers['x-id'],
  };
  createWebhook(own, [], { queues: [] });
  // @ts-expect-error: without an id there is no telling a redelivery
  createWebhook({ verify: () => true }, []);
  // @ts-expect-error: whoever says no says why
  createWebhook({ ...own, verify: () => false }, []);
});

test('an HMAC signature says where the delivery’s id is', () => {
  hmacSignature({ header: 'x-signature', deliveryId: { field: 'id' } });
  // @ts-expect-error: else a redelivery would run its task again
  hmacSignature({ header: 'x-signature' });
  // @ts-expect-error: sha1 is no choice any more
  hmacSignature({ header: 'x-signature', deliveryId: { field: 'id' }, algorithm: 'sha1' });
});

test('the function takes the events of function URLs, HTTP APIs, REST APIs and load balancers', () => {
  expectTypeOf(createWebhook(githubSignature(), [])).toEqualTypeOf<WebhookFunction>();
  type Event = Parameters<WebhookFunction>[0];
  expectTypeOf<LambdaFunctionURLEvent>().toExtend<Event>();
  expectTypeOf<APIGatewayProxyEventV2>().toExtend<Event>();
  expectTypeOf<APIGatewayProxyEvent>().toExtend<Event>();
  expectTypeOf<ALBEvent>().toExtend<Event>();
});
