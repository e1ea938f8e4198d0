import type { Engine } from '../../local/engine.ts';
import { producerEnvironment } from './producer-environment.ts';

/** What runs and where, as `dev` prints it. */
export function describeEngine(engine: Engine): string {
  const urls = new Map(engine.functionUrls.map(({ functionName, url }) => [functionName, url]));
  const outputs = Object.entries(engine.outputs).flatMap(([stack, values]) =>
    Object.entries(values).map(([name, value]) => [`${stack}.${name}`, value] as const),
  );
  return [
    `AWS endpoint ${engine.endpoint} (${engine.region}, account ${engine.accountId})`,
    section(
      'Queues',
      engine.queues.map(({ constructPath, url }) => [constructPath, url]),
    ),
    section(
      'Tables',
      engine.tables.map(({ constructPath, name }) => [constructPath, name]),
    ),
    section(
      'Buckets',
      engine.buckets.map(({ constructPath, name }) => [constructPath, name]),
    ),
    section(
      'Topics',
      engine.topics.map(({ constructPath, arn }) => [constructPath, arn]),
    ),
    section(
      'Functions',
      engine.functions.map(({ constructPath, name }) => [constructPath, urls.get(name) ?? name]),
    ),
    section(
      'HTTP APIs',
      engine.httpApis.map(({ constructPath, url }) => [constructPath, url]),
    ),
    section(
      'State machines',
      engine.stateMachines.map(({ constructPath, arn }) => [constructPath, arn]),
    ),
    section(
      'Schedules',
      engine.schedules.map(({ constructPath, expression, timeZone }) => [
        constructPath,
        timeZone === undefined ? expression : `${expression} ${timeZone}`,
      ]),
    ),
    section(
      'Alarms',
      engine.alarms.map(({ constructPath, name, notEvaluated }) => [
        constructPath,
        notEvaluated === undefined ? name : `not evaluated: ${notEvaluated}`,
      ]),
    ),
    section('Outputs', outputs),
    exports({ ...engine.clientEnvironment, ...producerEnvironment(engine.functions) }),
    'Ctrl-C stops it.',
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

function section(title: string, rows: readonly (readonly [name: string, value: string])[]): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([name]) => name.length));
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join('\n');
}

function exports(environment: Readonly<Record<string, string>>): string {
  const lines = Object.entries(environment).map(([name, value]) => `  export ${name}=${quoted(value)}`);
  return ['To use it from another shell:', ...lines].join('\n');
}

/** For a POSIX shell. */
function quoted(value: string): string {
  return /^[\w:/.-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
