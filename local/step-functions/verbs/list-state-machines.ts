import type { ListStateMachinesOutput } from '@aws-sdk/client-sfn';
import { pageOf } from '../page.ts';
import type { Sent } from '../sent.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html */
export const listStateMachines: Verb = (store, input) => {
  const { items, ...next } = pageOf([...store.machines.values()], input);
  const stateMachines = items.map(({ arn, name, createdAt }) => ({
    stateMachineArn: arn,
    name,
    type: 'STANDARD' as const,
    creationDate: createdAt / 1000,
  }));
  return { stateMachines, ...next } satisfies Sent<ListStateMachinesOutput>;
};
