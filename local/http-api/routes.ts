import { StartError } from '../start-error.ts';

/** A route of an HTTP API. */
export interface Route<Target> {
  /** `POST /orders/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly key: string;
  readonly target: Target;
}

export interface RouteMatch<Target> {
  readonly route: Route<Target>;
  /** By variable, decoded; undefined where the route has none. */
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
}

const METHODS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

const DEFAULT_KEY = '$default';

/** @throws StartError when API Gateway would refuse the key */
export function checkRouteKey(key: string): void {
  if (key === DEFAULT_KEY) return;
  const [method = '', path = '', ...rest] = key.split(' ');
  const greedy = segmentsOf(path).findIndex(segment => kindOf(segment) === 'greedy');
  const wellFormed =
    METHODS.includes(method) &&
    path.startsWith('/') &&
    rest.length === 0 &&
    (greedy === -1 || greedy === segmentsOf(path).length - 1);
  if (wellFormed) return;
  throw new StartError(
    `RouteKey must be $default, or a method of ${METHODS.join(' ')} and a path whose greedy variable, if any, comes ` +
      `last, such as 'POST /orders/{id}', got '${key}'`,
  );
}

/** What the route is called in the ARNs that functions' policies name: `POST/orders/{id}`. */
export function routeArnPath(key: string): string {
  return key === DEFAULT_KEY ? `${DEFAULT_KEY}/${DEFAULT_KEY}` : key.replace(' ', '');
}

/**
 * The route that a request is for, the most exact first: names before variables, these before greedy ones, a method before
 * ANY, `$default` last.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
 */
export function matchRoute<Target>(
  routes: readonly Route<Target>[],
  method: string,
  path: string,
): RouteMatch<Target> | undefined {
  const asked = segmentsOf(path);
  const matches = routes.flatMap(route => {
    const pathParameters = parametersOf(route.key, method, asked);
    return pathParameters ? [{ route, pathParameters, rank: rankOf(route.key) }] : [];
  });
  const [best] = matches.sort((one, other) => (one.rank < other.rank ? -1 : 1));
  if (best === undefined) return undefined;
  const { route, pathParameters } = best;
  return { route, pathParameters: Object.keys(pathParameters).length > 0 ? pathParameters : undefined };
}

/** Undefined when the route is not for the request. */
function parametersOf(
  key: string,
  method: string,
  asked: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (key === DEFAULT_KEY) return {};
  const [routeMethod, path = ''] = key.split(' ');
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;
  const segments = segmentsOf(path);
  const isGreedy = kindOf(segments.at(-1) ?? '') === 'greedy';
  if (isGreedy ? asked.length < segments.length : asked.length !== segments.length) return undefined;
  const parameters: [string, string][] = [];
  for (const [index, segment] of segments.entries()) {
    const kind = kindOf(segment);
    const value = kind === 'greedy' ? asked.slice(index).join('/') : (asked[index] ?? '');
    if (kind === 'name' ? segment !== value : value === '') return undefined;
    if (kind !== 'name') parameters.push([segment.replaceAll(/[{}+]/g, ''), value]);
  }
  return Object.fromEntries(parameters);
}

/** Sorts as text. */
function rankOf(key: string): string {
  if (key === DEFAULT_KEY) return '9';
  const [method, path = ''] = key.split(' ');
  const digits = { name: '0', variable: '1', greedy: '2' };
  return `${segmentsOf(path)
    .map(segment => digits[kindOf(segment)])
    .join('')} ${method === 'ANY' ? 1 : 0}`;
}

function kindOf(segment: string): 'name' | 'variable' | 'greedy' {
  if (!/^\{.+\}$/.test(segment)) return 'name';
  return segment.endsWith('+}') ? 'greedy' : 'variable';
}

function segmentsOf(path: string): string[] {
  return path.slice(1).split('/').map(decode);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // Half an escape is no error of a path's: it is taken as it stands.
  }
}
