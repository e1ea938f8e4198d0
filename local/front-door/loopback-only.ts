import type { IncomingMessage } from 'node:http';
import type { Refusal } from './refusal.ts';

/**
 * Listening on 127.0.0.1 keeps other machines out, but not web pages in a browser on this one. A page whose domain
 * is made to resolve to 127.0.0.1 (DNS rebinding) sends that domain as `Host`; any other page sends its `Origin`,
 * or, where a request needs none (an image's address, say), `Sec-Fetch-Site: cross-site`.
 */
export function refuseForeign(request: IncomingMessage, port: number): Refusal | undefined {
  const { host } = request.headers;
  if (!host || !isLoopback(`http://${host}`, port)) {
    return forbidden('Host', host, `use http://127.0.0.1:${port}`);
  }
  const page = foreignPageOf(request, port);
  return page && forbidden(page.header, page.value, 'the local engine cannot be called from web pages');
}

/** By what header a request is known for one of a web page that is not served at this port. */
export function foreignPageOf(
  { headers }: IncomingMessage,
  port: number,
): { readonly header: string; readonly value: string } | undefined {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && !isLoopback(origin, port)) return { header: 'Origin', value: origin };
  return site === 'cross-site' ? { header: 'Sec-Fetch-Site', value: site } : undefined;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

function isLoopback(origin: string, port: number): boolean {
  return LOOPBACK_NAMES.some(
    name => origin.toLowerCase() === `http://${name}:${port}` || (port === 80 && origin === `http://${name}`),
  );
}

function forbidden(header: string, got: string | undefined, fix: string): Refusal {
  const value = got === undefined ? 'none' : JSON.stringify(got);
  return {
    status: 403,
    code: 'AccessDeniedException',
    message: `${header} must be ${LOOPBACK_NAMES.join(', ')} with the engine's own port, got ${value}; ${fix}`,
  };
}
