import { expect, test } from 'vitest';
import { producerEnvironment } from '../../bin/commands/producer-environment.ts';
import { ENVIRONMENT_VARIABLE } from '../../contract/environment.ts';
import { WORKFLOWS_VARIABLE } from '../../contract/workflow/workflow-environment.ts';

const fn = (name: string, environment: Readonly<Record<string, string>>) => ({
  ...({ kind: 'function', name, arn: name, environment } as const),
  ...{ stackName: 'Shop', logicalId: name, constructPath: name },
});
const queue = { url: 'https://sqs/1/email', deadLetterUrl: 'dead', table: 'runs', tasks: ['greet'] };
const workflow = { name: 'remind', machine: 'arn:remind', table: 'runs' };

test('a shell knows each queue and workflow that a function knows', () => {
  const environment = producerEnvironment([
    fn('consumer', { [ENVIRONMENT_VARIABLE]: JSON.stringify([{ ...queue, consumer: {} }]) }),
    fn('api', {
      [ENVIRONMENT_VARIABLE]: JSON.stringify([queue]),
      [WORKFLOWS_VARIABLE]: JSON.stringify([workflow]),
    }),
    fn('steps', { [WORKFLOWS_VARIABLE]: JSON.stringify([workflow]) }),
  ]);

  expect(environment).toEqual({
    [ENVIRONMENT_VARIABLE]: JSON.stringify([queue]),
    [WORKFLOWS_VARIABLE]: JSON.stringify([workflow]),
  });
});

test('a shell knows nothing where no function does', () => {
  expect(producerEnvironment([fn('api', { MAIL_HOST: 'localhost' })])).toEqual({});
});
