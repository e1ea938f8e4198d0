import { operates } from '../scenarios/operator.ts';
import { type Mutation, removed, resourceOf } from '../template.ts';
import { ELSEWHERE, told } from '../told.ts';
import { type Case, failing } from './case.ts';

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
  removed('Operator', 'Environment', 'Variables', 'BACKGROUND_JOBS'),
  told('Operator', ['url'], ELSEWHERE),
  told('Operator', ['deadLetterUrl'], ELSEWHERE),
  told('Operator', ['table'], 'another'),
  told('Operator', ['tasks'], ['work-once']),
  withoutIndex('byTask', 'listKey'),
  withoutIndex('deadLetters', 'deadLetterKey'),
);
