import { operates } from '../scenarios/operator.ts';
import { type Mutation, removed, resourceOf } from '../template.ts';
import { ELSEWHERE, told } from '../told.ts';
import { type Case, failing, saying } from './case.ts';

/** The index is there no more, and neither are its keys. */
function withoutIndex(index: string, partitionKey: string): Mutation {
  return {
    name: `JobsRunsTable without its index ${index}`,
    change(template) {
      const { Properties } = resourceOf(template, 'JobsRunsTable');
      const indexes = Properties.GlobalSecondaryIndexes as { IndexName: string }[];
      Properties.GlobalSecondaryIndexes = indexes.filter(({ IndexName }) => IndexName !== index);
      const attributes = Properties.AttributeDefinitions as { AttributeName: string }[];
      const sortKey = index === 'byTask' ? 'createdAt' : 'finishedAt';
      Properties.AttributeDefinitions = attributes.filter(
        ({ AttributeName }) => ![partitionKey, sortKey].includes(AttributeName),
      );
    },
  };
}

export const OPERATED: readonly Case[] = failing(
  operates,
  saying(
    'send: Error: The environment variable BACKGROUND_JOBS is not set',
    removed('Operator', 'Environment', 'Variables', 'BACKGROUND_JOBS'),
  ),
  // A client calls the host of a queue's URL, which is none of the engine's.
  saying(/^send: [\s\S]*elsewhere/, told('Operator', ['url'], ELSEWHERE)),
  saying(/^count: [\s\S]*elsewhere/, told('Operator', ['deadLetterUrl'], ELSEWHERE)),
  saying('cancel: AccessDeniedException', told('Operator', ['table'], 'another')),
  saying("send: Error: No queue is known for task 'work'", told('Operator', ['tasks'], ['work-once'])),
  saying(
    'list: ValidationException: The table does not have the specified index',
    withoutIndex('byTask', 'listKey'),
  ),
  saying(
    'listDeadLetters: ValidationException: The table does not have the specified index',
    withoutIndex('deadLetters', 'deadLetterKey'),
  ),
);
