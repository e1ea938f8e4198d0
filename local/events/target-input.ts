import { MalformedInput } from '../delivery/failure.ts';
import { isJsonObject } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import type { Event } from './event.ts';
import type { RuleTarget } from './rule-target.ts';

interface Origin {
  readonly ruleArn: string;
  readonly event: Event;
  readonly ingestedAt: string;
}

/** What a target gets: the event, a part of it, a text of its own, or one that is made of the event. */
export function inputOf({ input, inputPath, transformer }: RuleTarget, origin: Origin): string {
  if (input !== undefined) return input;
  if (transformer) return transform(transformer, origin);
  return JSON.stringify(inputPath === undefined ? origin.event : (valueAt(origin.event, inputPath) ?? null));
}

const PREDEFINED = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
];

/**
 * A variable within quotes becomes text, and elsewhere JSON.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function transform({ paths, template }: NonNullable<RuleTarget['transformer']>, origin: Origin): string {
  const { event, ruleArn, ingestedAt } = origin;
  const { detail: _, ...withoutDetail } = event;
  const variables = new Map<string, unknown>([
    ...Object.entries(paths).map(([name, path]) => [name, valueAt(event, path)] as const),
    ['aws.events.rule-arn', ruleArn],
    ['aws.events.rule-name', ruleArn.slice(ruleArn.lastIndexOf('/') + 1)],
    ['aws.events.event.ingestion-time', ingestedAt],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
  ]);
  const output = fill(template, (name, quoted) => {
    // A variable whose path leads nowhere is not created: nothing stands in its place.
    const found = variables.get(name);
    const value = found === undefined ? '' : found;
    // AWS does not escape what it puts into a text either.
    return quoted && typeof value === 'string' ? value : JSON.stringify(value);
  });
  try {
    return JSON.stringify(JSON.parse(output));
  } catch {
    throw new MalformedInput(`The input transformer made no JSON of the event: ${output}`);
  }
}

/** @throws StartError for a template that will not be JSON, or that has variables which are not defined */
export function checkTemplate(template: string, variables: readonly string[]): void {
  const known = new Set([...variables, ...PREDEFINED]);
  try {
    const sample = fill(template, (name, quoted) => {
      if (!known.has(name))
        throw new StartError(`InputPathsMap must define ${name}, which InputTemplate has`);
      return quoted ? '' : 'null';
    });
    JSON.parse(sample);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `InputTemplate must be JSON once its variables are filled in (texts within quotes), got ${template}`,
    );
  }
}

/** @param textOf what takes the place of `<name>`; without quotes, it is JSON */
function fill(template: string, textOf: (name: string, quoted: boolean) => string): string {
  let quoted = false;
  return template.replace(/\\.|"|<([A-Za-z0-9._-]+)>/g, (token, name: string | undefined) => {
    if (token === '"') quoted = !quoted;
    return name === undefined ? token : textOf(name, quoted);
  });
}

/**
 * JSON paths as EventBridge takes them: names after dots, and places in lists.
 *
 * @throws StartError for another
 */
export function parsePath(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  let rest = path.startsWith('$') ? path.slice(1) : undefined;
  while (rest) {
    const [whole, name = '', place] = /^(?:\.([\w-]+)|\[(\d+)\])/.exec(rest) ?? [];
    if (whole === undefined) break;
    steps.push(place === undefined ? name : Number(place));
    rest = rest.slice(whole.length);
  }
  if (rest !== '') throw new StartError(`a path must be like $.detail.name, got ${path}`);
  return steps;
}

function valueAt(event: Event, path: string): unknown {
  let value: unknown = event;
  for (const step of parsePath(path)) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else value = isJsonObject(value) ? value[step] : undefined;
  }
  return value;
}
