import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';

/** A request as payload format 2.0 (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload). */
export function toFunctionUrlEvent(request: IncomingMessage, body: Buffer, clock: Clock): object {
  const [rawPath = '/', rawQueryString = ''] = splitOnce(request.url ?? '/', '?');
  const { host = '', cookie, ...headers } = lowerCaseHeaders(request);
  const [domainPrefix = ''] = host.split(/[.:]/);
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const query = joinedQuery(rawQueryString);
  const isBase64Encoded = body.length > 0 && !isText(request);
  return {
    version: '2.0',
    routeKey: '$default',
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
    requestContext: {
      accountId: 'anonymous',
      apiId: domainPrefix,
      domainName: host,
      domainPrefix,
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'],
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(clock.now()),
      timeEpoch: clock.now(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
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
