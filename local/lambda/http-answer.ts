import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { InvokeResult } from './function-api.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
  /** Closes the connection: the rest of the request is not read. */
  readonly close?: boolean;
}

/**
 * What a client sees of an invocation
 * (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload).
 *
 * @returns undefined when the function failed, or answered what is no HTTP answer
 */
export function toHttpAnswer(result: InvokeResult): HttpAnswer | undefined {
  if (result.outcome !== 'succeeded') return undefined;
  const { payload } = result;
  return isRecord(payload) && 'statusCode' in payload ? fromResponse(payload) : inferred(payload);
}

/** Without a status code, the whole result is the body. */
function inferred(payload: unknown): HttpAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload) };
}

function fromResponse(response: Readonly<Record<string, unknown>>): HttpAnswer | undefined {
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = response;
  const status = Number(statusCode);
  const wellFormed =
    Number.isInteger(status) &&
    status >= 200 &&
    status <= 599 &&
    isRecord(headers) &&
    Object.entries(headers).every(isHeader) &&
    Array.isArray(cookies) &&
    (typeof body === 'string' || body === null);
  if (!wellFormed) return undefined;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...lowerCased(headers),
      ...(cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
    },
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

function isHeader([name, value]: readonly [string, unknown]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    return true;
  } catch {
    return false;
  }
}

/** The connection's own headers are the server's to decide. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

function lowerCased(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
      .filter(([name]) => !CONNECTION_HEADERS.has(name)),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
