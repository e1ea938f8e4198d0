import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../../contract/environment.ts';
import {
  readWorkflowEnvironment,
  WORKFLOWS_VARIABLE,
  type WorkflowConfig,
} from '../../contract/workflow/workflow-environment.ts';
import { mergeQueues } from './merge-queues.ts';
import { NoneFound } from './none-found.ts';
import type { ScheduleScope } from './read-schedules.ts';
import { sideBySide } from './side-by-side.ts';

export interface StackResource {
  readonly type: string;
  /** A function's, a schedule's or a schedule group's name; a nested stack's or a state machine's ARN. */
  readonly physicalId: string;
}

/** What is asked of AWS. */
export interface StackReader {
  listResources(stack: string): Promise<readonly StackResource[]>;
  environmentOf(functionName: string): Promise<Readonly<Record<string, string>>>;
}

/** A function is asked by a request of its own; Lambda takes 100 of them a second. */
const FUNCTIONS_AT_ONCE = 10;

/** The resources of a deployed stack and of the stacks nested in it. */
async function listStack(stack: string, aws: StackReader): Promise<readonly StackResource[]> {
  const all: StackResource[] = [];
  const stacks = [stack];
  for (let next = stacks.shift(); next !== undefined; next = stacks.shift()) {
    const resources = await aws.listResources(next);
    all.push(...resources);
    stacks.push(...idsOf(resources, 'AWS::CloudFormation::Stack'));
  }
  return all;
}

/**
 * The task queues of a deployed stack and of the stacks nested in it: those that a function of theirs consumes. The
 * consumer's environment says all there is to know, whichever stacks queue and table are in.
 *
 * @throws NoneFound when there is none
 */
export async function findStackQueues(stack: string, aws: StackReader): Promise<readonly QueueConfig[]> {
  const functionNames = idsOf(await listStack(stack, aws), 'AWS::Lambda::Function');
  const environments = await readEnvironments(functionNames, aws);
  const known = environments.flatMap(knownQueues);
  const consumed = new Set(known.flatMap(({ url, consumer }) => (consumer ? [url] : [])));
  const queues = mergeQueues(known.filter(({ url }) => consumed.has(url)));
  if (queues.length > 0) return queues;
  throw new NoneFound(
    `stack ${stack} has no task queue: none of its ${count(functionNames, 'function')} is a TaskQueue's consumer; name ` +
      'the stack that has the TaskQueue',
  );
}

/**
 * The workflows whose state machines are in a deployed stack or nested in it, as the functions of their steps know them.
 *
 * @throws NoneFound when there is none
 */
export async function findStackWorkflows(
  stack: string,
  aws: StackReader,
): Promise<readonly WorkflowConfig[]> {
  const resources = await listStack(stack, aws);
  const machines = idsOf(resources, 'AWS::StepFunctions::StateMachine');
  const environments =
    machines.length === 0 ? [] : await readEnvironments(idsOf(resources, 'AWS::Lambda::Function'), aws);
  const workflows = environments.flatMap(knownWorkflows).filter(({ machine }) => machines.includes(machine));
  if (workflows.length > 0) return [...new Map(workflows.map(one => [one.machine, one])).values()];
  throw new NoneFound(
    `stack ${stack} has no workflow: none of its ${count(machines, 'state machine')} is a TaskWorkflow's; name the stack ` +
      'that has the TaskWorkflow',
  );
}

/**
 * Where the schedules of a deployed stack and of the stacks nested in it are. Those that applications make are in groups
 * of the task queues.
 *
 * @throws NoneFound when there is none
 */
export async function findStackSchedules(stack: string, aws: StackReader): Promise<ScheduleScope> {
  const resources = await listStack(stack, aws);
  const groups = idsOf(resources, 'AWS::Scheduler::ScheduleGroup');
  const names = idsOf(resources, 'AWS::Scheduler::Schedule');
  if (groups.length + names.length > 0) return { groups, names };
  throw new NoneFound(
    `stack ${stack} has no schedule, and no group of them; name the stack that has the TaskSchedule, or the TaskQueue of ` +
      'grantSchedule',
  );
}

const count = ({ length }: readonly string[], what: string) => `${length} ${what}${length === 1 ? '' : 's'}`;

const idsOf = (resources: readonly StackResource[], type: string) =>
  resources.flatMap(resource => (resource.type === type ? [resource.physicalId] : []));

type Environment = Readonly<Record<string, string>>;

const readEnvironments = (functionNames: readonly string[], aws: StackReader): Promise<Environment[]> =>
  sideBySide(functionNames, FUNCTIONS_AT_ONCE, name => aws.environmentOf(name));

const knownQueues = (environment: Environment): readonly QueueConfig[] =>
  environment[ENVIRONMENT_VARIABLE] === undefined ? [] : readEnvironment(environment);

const knownWorkflows = (environment: Environment): readonly WorkflowConfig[] =>
  environment[WORKFLOWS_VARIABLE] === undefined ? [] : readWorkflowEnvironment(environment);
