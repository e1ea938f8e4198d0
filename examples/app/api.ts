import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { sendTask, sendTasks, TaskPayloadError } from 'cdk-background-jobs/tasks';
import { resizeAvatar, sendWelcomeEmail, syncExternal } from './tasks.ts';

/**
 * The API that people wait for. It never does the work itself: it sends a task and answers 202.
 *
 * - `POST /users` `{ userId, name, email }`: one welcome e-mail a user, however often the request is repeated
 * - `POST /avatars` `{ userId, sourceKey }`
 * - `POST /syncs` `{ accountIds: [...] }`: in bulk
 */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const route = routes[`${event.requestContext.http.method} ${event.rawPath}`];
  if (!route) return answer(404, { error: 'no such route' });
  try {
    return answer(202, await route(parseBody(event)));
  } catch (error) {
    if (error instanceof TaskPayloadError) return answer(400, { error: error.message });
    throw error;
  }
}

type Body = Readonly<Record<string, unknown>>;

// Bodies are handed on as they came: `sendTask` checks them against the task's schema before anything is sent.
const routes: Readonly<Record<string, (body: Body) => Promise<unknown>>> = {
  'POST /users': async body => {
    const user = body as Parameters<typeof sendTask<typeof sendWelcomeEmail>>[1];
    return await sendTask(sendWelcomeEmail, user, { idempotencyKey: String(body.userId) });
  },
  'POST /avatars': async body =>
    await sendTask(resizeAvatar, body as Parameters<typeof sendTask<typeof resizeAvatar>>[1]),
  'POST /syncs': async ({ accountIds }) => {
    const ids = Array.isArray(accountIds) ? accountIds.map(String) : [];
    const outcomes = await sendTasks(
      syncExternal,
      ids.map(accountId => ({ payload: { accountId } })),
    );
    return outcomes.map(outcome =>
      outcome.status === 'sent' ? { runId: outcome.runId } : { error: outcome.error.message },
    );
  },
};

function parseBody({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Body {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Body;
  } catch {
    // Answered like any other body that is not what the route takes: the schema says what is missing.
  }
  return {};
}

function answer(statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
