import type { WebhookRequest } from './webhook-signature.ts';

/**
 * What Lambda is invoked with for a request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export type WebhookEvent = RequestFields & (PayloadFormat2 | PayloadFormat1);

interface RequestFields {
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean;
}

/** Of a function URL or an HTTP API. */
interface PayloadFormat2 {
  readonly requestContext: { readonly http: { readonly method: string } };
}

/** Of a REST API or a load balancer. */
interface PayloadFormat1 {
  readonly httpMethod: string;
  /** All values of a repeated header. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
}

/** An answer that each of them takes. */
export interface WebhookAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Always empty: what went wrong is in the log. */
  readonly body: string;
}

export function methodOf(event: WebhookEvent): string {
  return 'httpMethod' in event ? event.httpMethod : event.requestContext.http.method;
}

export function toWebhookRequest(event: WebhookEvent, receivedAt: Date): WebhookRequest {
  const { body, isBase64Encoded } = event;
  return {
    headers: headersOf(event),
    rawBody: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    receivedAt,
  };
}

/** A name that comes in two spellings is one header that is repeated. */
function headersOf(event: WebhookEvent): Record<string, string> {
  const all = ('httpMethod' in event ? event.multiValueHeaders : undefined) ?? event.headers ?? {};
  const valuesByName = new Map<string, string[]>();
  for (const [name, values = []] of Object.entries<string | readonly string[] | undefined>(all)) {
    const key = name.toLowerCase();
    valuesByName.set(key, [...(valuesByName.get(key) ?? []), ...[values].flat()]);
  }
  return Object.fromEntries([...valuesByName].map(([name, values]) => [name, values.join(',')]));
}
