import { element, list } from '../front-door/xml.ts';
import type { Place } from '../place.ts';
import { type CreatedStack, stackId } from './created-stack.ts';

export class CloudFormationError extends Error {
  override readonly name = 'CloudFormationError';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

type Stacks = ReadonlyMap<string, CreatedStack>;

/** One call of the query protocol: its form's fields in, the XML inside `<…Result>` out. */
type Action = (stacks: Stacks, fields: URLSearchParams, place: Place) => string;

/** All others of the API are refused by name. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  DescribeStacks(stacks, fields, place) {
    const named = fields.get('StackName');
    const described = named === null ? [...stacks.values()] : [stackOf(stacks, named)];
    return list('Stacks', described, stack => stackXml(stack, place));
  },
  ListStackResources(stacks, fields) {
    const named = fields.get('StackName');
    if (named === null) throw new CloudFormationError('ValidationError', 'StackName is missing');
    const { resources, createdAtMs } = stackOf(stacks, named);
    return list(
      'StackResourceSummaries',
      resources,
      ({ logicalId, type, physicalId }) =>
        element('LogicalResourceId', logicalId) +
        element('PhysicalResourceId', physicalId) +
        element('ResourceType', type) +
        element('LastUpdatedTimestamp', new Date(createdAtMs).toISOString()) +
        element('ResourceStatus', 'CREATE_COMPLETE'),
    );
  },
};

/** @throws {CloudFormationError} as CloudFormation would, and for an action that is not supported, by name */
export function perform(fields: URLSearchParams, stacks: Stacks, place: Place): string {
  const name = fields.get('Action') ?? '';
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) {
    const message = `${name || 'No action'} is not supported by the local engine`;
    throw new CloudFormationError('InvalidAction', message);
  }
  return `<${name}Response><${name}Result>${action(stacks, fields, place)}</${name}Result></${name}Response>`;
}

/** By its name or its ARN, `arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>`. */
export function stackNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/')[1] ?? '') : nameOrArn;
}

function stackOf(stacks: Stacks, nameOrArn: string): CreatedStack {
  const stack = stacks.get(stackNameOf(nameOrArn));
  if (stack) return stack;
  throw new CloudFormationError('ValidationError', `Stack with id ${nameOrArn} does not exist`);
}

function stackXml({ name, createdAtMs, outputs }: CreatedStack, place: Place): string {
  return (
    element('StackId', stackId(name, place)) +
    element('StackName', name) +
    element('CreationTime', new Date(createdAtMs).toISOString()) +
    element('StackStatus', 'CREATE_COMPLETE') +
    list(
      'Outputs',
      Object.entries(outputs),
      ([key, value]) => element('OutputKey', key) + element('OutputValue', value),
    )
  );
}
