import { isJsonObject } from '../json-value.ts';
import { validationError } from './dynamodb-error.ts';

const SETTINGS_WITHOUT_LOCAL_EFFECT = [
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'ResourcePolicy',
  'SSESpecification',
  'TableClass',
  'WarmThroughput',
];

const CONDITIONAL_WRITE_FIELDS = ['ReturnValuesOnConditionCheckFailure'];

/** What dynalite does not know and a client may send all the same: done by the adapter, or of no effect locally. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  CreateTable: [...SETTINGS_WITHOUT_LOCAL_EFFECT, 'StreamSpecification'],
  PutItem: CONDITIONAL_WRITE_FIELDS,
  UpdateItem: CONDITIONAL_WRITE_FIELDS,
  DeleteItem: CONDITIONAL_WRITE_FIELDS,
};

/**
 * dynalite drops request fields that it does not know. Dropping one that matters would be wrong in silence, so those
 * are refused by name.
 */
export function checkRequestFields(operation: string, input: object, known: readonly string[]): void {
  const accepted = ACCEPTED[operation] ?? [];
  const unknown = Object.keys(input).filter(field => !known.includes(field) && !accepted.includes(field));
  if (unknown.length > 0) {
    throw validationError(`${operation}.${unknown.join(', ')} is not supported by the local engine`);
  }
  if ('ReturnValuesOnConditionCheckFailure' in input) {
    const got = input.ReturnValuesOnConditionCheckFailure;
    if (got !== 'ALL_OLD' && got !== 'NONE') {
      throw validationError(`ReturnValuesOnConditionCheckFailure must be ALL_OLD or NONE, got ${got}`);
    }
  }
  if ('StreamSpecification' in input && !isDisabledStream(input.StreamSpecification)) {
    throw validationError(
      `${operation}.StreamSpecification is not supported by the local engine: no streams`,
    );
  }
}

function isDisabledStream(specification: unknown): boolean {
  return isJsonObject(specification) && specification.StreamEnabled === false;
}
