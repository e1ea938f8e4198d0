import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { RunTable } from '../../lib/index.ts';
import { newApp, newFunction, newQueue, newTask } from './stack.ts';

function twoStacks(context: Record<string, unknown> = {}) {
  const app: App = newApp({ context });
  return { app, jobs: new Stack(app, 'Jobs'), web: new Stack(app, 'Web') };
}

function variableOf(template: Template): string {
  const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
  return JSON.stringify(fn?.Properties.Environment.Variables.BACKGROUND_JOBS);
}

test('a function of another stack imports what it sends to', () => {
  const { app, jobs, web } = twoStacks();
  newQueue(jobs).grantSend(newFunction(web));
  app.synth();

  expect(web.dependencies).toEqual([jobs]);
  expect(
    variableOf(Template.fromStack(web)).match(/"Fn::ImportValue":"Jobs:ExportsOutputRefEmail\w+"/g),
  ).toEqual([
    expect.stringContaining('EmailQueue'),
    expect.stringContaining('EmailDeadLetterQueue'),
    expect.stringContaining('EmailRunsTable'),
  ]);
});

test('a queue’s key, run table and topic may be in another stack', () => {
  const { app, jobs, web } = twoStacks();
  const queue = newQueue(web, 'Email', {
    runTable: new RunTable(jobs, 'Runs'),
    encryptionKey: new kms.Key(jobs, 'Key'),
  });
  queue.alarms.notify(new sns.Topic(jobs, 'Ops'));
  queue.grantManage(newFunction(web));

  expect(() => app.synth()).not.toThrow();
  expect(web.dependencies).toEqual([jobs]);
});

test('fails for two stacks that send to each other', () => {
  const { app, jobs, web } = twoStacks();
  const email = newQueue(jobs, 'Email');
  const images = newQueue(web, 'Images', { tasks: [newTask({ name: 'resize' })] });
  email.grantSend(images.consumer);
  images.grantSend(email.consumer);

  expect(() => app.synth()).toThrow(/cyclic/);
});
