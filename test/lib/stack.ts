import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { defineTask, type TaskOptions } from '../../contract/task.ts';
import { TaskQueue, type TaskQueueProps } from '../../lib/index.ts';

const ENTRY = 'test/lib/fixtures/consumer.ts';

/** Bundling is left out, but where a test is about it. */
export function newApp(props: AppProps = {}): App {
  return new App({ ...props, context: { 'aws:cdk:bundling-stacks': [], ...props.context } });
}

export function newStack(): Stack {
  return new Stack(newApp(), 'Stack');
}

export function newTask(options: Partial<Omit<TaskOptions<string, z.ZodObject>, 'payload'>> = {}) {
  return defineTask({ name: 'send-welcome-email', payload: z.object({}), ...options });
}

export function newQueue(scope: Construct, id = 'Email', props: Partial<TaskQueueProps> = {}): TaskQueue {
  return new TaskQueue(scope, id, { tasks: [newTask()], entry: ENTRY, ...props });
}

export function newFunction(scope: Construct, id = 'Api'): lambda.Function {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {}'),
  });
}

/** The template of a stack with one task queue, 'Email'. */
export function synthesize(props: Partial<TaskQueueProps> = {}): Template {
  const stack = newStack();
  newQueue(stack, 'Email', props);
  return Template.fromStack(stack);
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The statements of a role's policies, without those of its log group. */
export function statementsOf(template: Template, roleId: string): Statement[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return policies
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${roleId}`))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .filter(({ Action }) => ![Action].flat().some(action => action.startsWith('logs:')));
}

/** What each statement allows: its actions, and the logical ids and texts in its resources. */
export function allowed(statements: readonly Statement[]): string[] {
  return statements
    .map(({ Action, Resource }) => `${[Action].flat().join(' ')} on ${describe(Resource)}`)
    .sort();
}

function describe(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  if (Array.isArray(resource)) return resource.map(describe).join(' ');
  const [name, value] = Object.entries(resource as object)[0] ?? [];
  if (name === 'Fn::GetAtt') return String(value[0]).replace(/[0-9A-F]{8}$/, '');
  if (name === 'Fn::Join') return value[1].map(describe).join('');
  return JSON.stringify(value);
}

/** The queues in a function's `BACKGROUND_JOBS`, each reference as `<logical id>`. */
export function queuesOf(template: Template, functionId: string) {
  const entry = Object.entries(template.findResources('AWS::Lambda::Function')).find(([id]) =>
    id.startsWith(functionId),
  );
  const value = entry?.[1].Properties.Environment.Variables.BACKGROUND_JOBS;
  return JSON.parse(
    value['Fn::Join'][1]
      .map((part: string | Record<string, string>) =>
        typeof part === 'string' ? part : `<${String(Object.values(part)[0]).replace(/[0-9A-F]{8}.*$/, '')}>`,
      )
      .join(''),
  );
}
