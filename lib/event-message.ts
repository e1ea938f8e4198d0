import { Token } from 'aws-cdk-lib';
import type { RuleTargetInputProperties } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { EVENT_BRIDGE } from '../contract/limits.ts';
import { expressionOf, fieldOf, isRef, type Ref, refTo } from '../contract/workflow/expression.ts';
import { payloadToJson } from './schedule-payload.ts';

/**
 * The message of the task that an event sends, as EventBridge's input transformer makes it of the event. It is one of
 * the kind that is not ours: its identity is the event's, so an event that EventBridge delivers twice begins one run. (A
 * task that makes a key of its payload has that.) Two triggers may take the same event: each makes a run of its own.
 *
 * @param trigger what tells triggers apart, in characters of a run's id
 * @param map from what stands for the event to the payload
 * @throws RangeError for what no input transformer can be asked for
 */
export function toEventMessage<Event>(
  scope: Construct,
  { task, trigger, map }: { task: string; trigger: string; map: (event: Ref<Event>) => unknown },
): RuleTargetInputProperties & { readonly inputTemplate: string } {
  const variables = new Map([['$.id', 'id']]);
  const payload = toTemplate(scope, map(refTo<Event>('$')), variables);
  const inputTemplate = `{"task":${quoted(task)},"messageId":"<id>-${trigger}","payload":${payload}}`;
  checkLimits(inputTemplate, variables);
  const inputPathsMap = Object.fromEntries([...variables].map(([path, name]) => [name, path]));
  return { inputTemplate, inputPathsMap };
}

/** JSON with a variable for each value of the event. */
function toTemplate(scope: Construct, value: unknown, variables: Map<string, string>): string {
  if (isRef(value)) return `<${variableOf(pathOf(value), variables)}>`;
  if (Token.isUnresolved(value) || typeof value !== 'object' || value === null) {
    // What JSON has no word for, such as undefined in a list.
    return hideVariables(payloadToJson(scope, value) ?? 'null');
  }
  if (Array.isArray(value)) return `[${value.map(item => toTemplate(scope, item, variables)).join(',')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const written = fields.map(([name, field]) => `${quoted(name)}:${toTemplate(scope, field, variables)}`);
  return `{${written.join(',')}}`;
}

/** The whole event has a variable of EventBridge's own. */
const WHOLE_EVENT = 'aws.events.event.json';

function variableOf(path: string, variables: Map<string, string>): string {
  if (path === '$') return WHOLE_EVENT;
  const known = variables.get(path);
  if (known !== undefined) return known;
  const taken = new Set(variables.values());
  const words = path.slice(2).replaceAll(/[^A-Za-z0-9]+/g, '-');
  let name = words;
  for (let number = 2; taken.has(name); number++) name = `${words}-${number}`;
  variables.set(path, name);
  return name;
}

/**
 * EventBridge's notation of a field: names after dots, and places of lists in brackets.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function pathOf(ref: Ref<unknown>): string {
  const { root, names } = fieldOf(ref);
  if (root !== '$') {
    throw new RangeError(
      `payload must be made of values and fields of the event, got the expression ${expressionOf(ref)}; leave it to the handler`,
    );
  }
  const odd = names.find(name => !/^[\w/-]+$/.test(name));
  if (odd !== undefined) {
    throw new RangeError(
      `payload must take fields whose names EventBridge's paths can hold (letters, digits, - _ /), got '${odd}'; take the ` +
        'object that has it, and leave the rest to the handler',
    );
  }
  return `$${names.map(name => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`)).join('')}`;
}

function checkLimits(template: string, variables: ReadonlyMap<string, string>): void {
  const { maxTemplateLength, maxInputPaths } = EVENT_BRIDGE;
  if (template.length > maxTemplateLength) {
    throw new RangeError(
      `payload must leave the message's template at most ${maxTemplateLength} characters, EventBridge's limit, got ` +
        `${template.length}; take whole objects of the event`,
    );
  }
  if (variables.size > maxInputPaths) {
    throw new RangeError(
      `payload must take at most ${maxInputPaths - 1} fields of the event, EventBridge's limit but for its id, got ` +
        `${variables.size - 1}; take whole objects of the event`,
    );
  }
}

function quoted(text: string): string {
  return hideVariables(JSON.stringify(text));
}

/** JSON that means the same and in which EventBridge finds no variable. */
function hideVariables(json: string): string {
  return json.replaceAll('<', '\\u003c');
}
