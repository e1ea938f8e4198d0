import { type Mutation, resourceOf } from './template.ts';

/** What is told to a function as text, with values that CloudFormation knows in between. */
interface Joined {
  readonly 'Fn::Join': readonly [separator: '', parts: readonly (string | object)[]];
}

/** A queue's URL, or a dead-letter queue's, that is not the one. */
export const ELSEWHERE = 'https://sqs.us-east-1.amazonaws.com/000000000000/elsewhere';

/** What of AWS's a service is told of, that is not the one. */
export const ELSEWHERE_ARN = 'arn:aws:sqs:us-east-1:000000000000:elsewhere';

export const ELSEWHERE_ROLE = 'arn:aws:iam::000000000000:role/elsewhere';

/** Tells a function something else of its one queue, or nothing for `undefined`. @throws Error when it is told nothing yet */
export function told(id: string, path: readonly string[], to: unknown): Mutation {
  return {
    name: `${id} ${to === undefined ? 'not told' : 'told another'} ${path.join('.')}`,
    change(template) {
      const { Variables } = resourceOf(template, id).Properties.Environment as {
        Variables: { BACKGROUND_JOBS: Joined };
      };
      const parts = Variables.BACKGROUND_JOBS['Fn::Join'][1];
      const queues = parse(parts);
      let parent: Record<string, unknown> = queues[0] ?? {};
      for (const step of path.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
      const key = path.at(-1) ?? '';
      if (!(key in parent)) throw new Error(`${id} is told no ${path.join('.')}`);
      parent[key] = to;
      Variables.BACKGROUND_JOBS = { 'Fn::Join': ['', split(JSON.stringify(queues), parts)] };
    },
  };
}

/** All that is told of queues, by its path: `0.consumer.concurrency`. */
export function whatIsTold(joined: unknown): [path: string, value: unknown][] {
  return leaves(parse((joined as Joined)['Fn::Join'][1]), []);
}

function leaves(value: unknown, path: readonly string[]): [string, unknown][] {
  const isRecord = typeof value === 'object' && value !== null && path.at(-1) !== 'tasks';
  return isRecord
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
    : [[path.join('.'), value]];
}

/** What CloudFormation knows stands as `<number>`, which no setting holds. */
function parse(parts: readonly (string | object)[]): Record<string, unknown>[] {
  return JSON.parse(parts.map((part, index) => (typeof part === 'string' ? part : `<${index}>`)).join(''));
}

function split(text: string, parts: readonly (string | object)[]): readonly (string | object)[] {
  return text
    .split(/<(\d+)>/)
    .map((piece, index) => (index % 2 === 0 ? piece : (parts[Number(piece)] ?? '')));
}
