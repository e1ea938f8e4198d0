import type { StateType } from './definition.ts';

const ANY = ['Type', 'Comment', 'QueryLanguage'];
const ASSIGNING = ['Assign', 'Output'];
const CONTINUING = ['Next', 'End'];
const FAILABLE = ['Retry', 'Catch'];

/** The fields that each type of state acts on. Any other stops the start: it might matter. */
export const FIELDS: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [...ANY, ...ASSIGNING, ...CONTINUING],
  Succeed: [...ANY, 'Output'],
  Fail: [...ANY, 'Error', 'Cause'],
  Wait: [...ANY, ...ASSIGNING, ...CONTINUING, 'Seconds', 'Timestamp'],
  Choice: [...ANY, ...ASSIGNING, 'Choices', 'Default'],
  Task: [
    ...ANY,
    ...ASSIGNING,
    ...CONTINUING,
    ...FAILABLE,
    'Resource',
    'Arguments',
    'TimeoutSeconds',
    'HeartbeatSeconds',
  ],
  Parallel: [...ANY, ...ASSIGNING, ...CONTINUING, ...FAILABLE, 'Branches', 'Arguments'],
  Map: [
    ...ANY,
    ...ASSIGNING,
    ...CONTINUING,
    ...FAILABLE,
    'Items',
    'ItemSelector',
    'MaxConcurrency',
    'ItemProcessor',
  ],
};

/** What a JSONPath state has in the place of `Arguments` and `Output`. */
export const JSONPATH_FIELDS: ReadonlySet<string> = new Set([
  'InputPath',
  'OutputPath',
  'Parameters',
  'Result',
  'ResultPath',
  'ResultSelector',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'ErrorPath',
  'CausePath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'Iterator',
]);
