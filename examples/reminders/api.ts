import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { sendTask } from 'cdk-background-jobs/tasks';
import { sendMail } from './tasks.ts';

/** Somebody begins a trial, and is asked how it goes three days later: once, however often the request is repeated. */
export async function handler({ body }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { email } = JSON.parse(body ?? '{}') as { email: string };
  const mail = { to: email, subject: 'How is your trial?' };
  const { runId } = await sendTask(sendMail, mail, { delay: '3d', idempotencyKey: `trial ${email}` });
  return { statusCode: 202, body: JSON.stringify({ runId }) };
}
