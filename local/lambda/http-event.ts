import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a request's event says of whom it has reached. */
export interface RequestedPlace {
  readonly accountId: string;
  readonly apiId: string;
  readonly routeKey: string;
  /** Of a route's variables. */
  readonly pathParameters?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * A request as payload format 2.0, of function URLs
 * (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload) and HTTP APIs
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
 */
export function toHttpEvent(
  request: IncomingMessage,
  body: Buffer,
  { accountId, apiId, routeKey, pathParameters, at }: RequestedPlace,
): object {
  const [rawPath = '/', rawQueryString = ''] = splitOnce(request.url ?? '/', '?');
  const { host = '', cookie, ...headers } = lowerCaseHeaders(request);
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const query = joinedQuery(rawQueryString);
  const isBase64Encoded = body.length > 0 && !isText(request);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie && { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      host,
      'x-forwarded-for': sourceIp,
      'x-forwarded-proto': 'http',
      'x-forwarded-port': String(request.socket.localPort),
    },
    ...(query && { queryStringParameters: query }),
    ...(pathParameters && { pathParameters }),
    requestContext: {
      accountId,
      apiId,
      domainName: host,
      domainPrefix: domainPrefixOf(request),
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'],
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: commonLogTime(at),
      timeEpoch: at,
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** The first name of the host. */
export function domainPrefixOf({ headers: { host = '' } }: IncomingMessage): string {
  const [first = ''] = host.split(/[.:]/);
  return first;
}

/** Repeated headers are joined by commas, as Lambda does. */
function lowerCaseHeaders(request: IncomingMessage): Record<string, string> {
  const separators: Readonly<Record<string, string>> = { cookie: '; ' };
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values = []]) => [
      name,
      values.join(separators[name] ?? ','),
    ]),
  );
}

/** Repeated parameters are joined by commas; undefined when there is none. */
function joinedQuery(rawQueryString: string): Record<string, string> | undefined {
  const query = new URLSearchParams(rawQueryString);
  if (query.size === 0) return undefined;
  return Object.fromEntries([...query.keys()].map(name => [name, query.getAll(name).join(',')]));
}

/** All else arrives in base64, forms (`application/x-www-form-urlencoded`) too. */
function isText(request: IncomingMessage): boolean {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const encoding = request.headers['content-encoding'];
  const textual = /^(text\/.+|application\/(json|xml|javascript|.+\+json|.+\+xml))$/;
  return textual.test(type) && (!encoding || encoding === 'identity');
}

/** `12/Mar/2026:19:03:58 +0000` */
function commonLogTime(at: number): string {
  const [, day, month, year, time] = new Date(at).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
