import { describe, expect, test } from 'vitest';
import type { AlarmState } from '../../../local/cloudwatch/alarm-definition.ts';
import { evaluateAlarm, type MissingData } from '../../../local/cloudwatch/evaluate-alarm.ts';

/** `0` is within the threshold, `X` breaches it, `-` is missing; the latest stands last, as in AWS's tables. */
function evaluate(points: string, missingData: MissingData, datapointsToAlarm: number, current: AlarmState) {
  const values = points.split(' ').map(point => ({ '0': 0, X: 1 })[point]);
  return evaluateAlarm(
    {
      evaluationPeriods: 3,
      datapointsToAlarm,
      threshold: 0.5,
      comparison: 'GreaterThanThreshold',
      missingData,
    },
    values.toReversed(),
    current,
  );
}

const STAYS = 'stays';
type Expected = AlarmState | typeof STAYS;
const INSUFFICIENT = 'INSUFFICIENT_DATA';

type Row = [points: string, missing: Expected, ignore: Expected, breaching: Expected, notBreaching: Expected];

function checkTable(datapointsToAlarm: number, rows: readonly Row[]): void {
  test.each(rows)('%s', (points, ...expected) => {
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    for (const current of ['OK', 'ALARM', INSUFFICIENT] as const) {
      const states = treatments.map(treatment => evaluate(points, treatment, datapointsToAlarm, current));
      expect(states).toEqual(expected.map(state => (state === STAYS ? current : state)));
    }
  });
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
describe('evaluates three of three data points as the first table of the guide', () => {
  checkTable(3, [
    ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - -', INSUFFICIENT, STAYS, 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['- - X - -', 'ALARM', STAYS, 'ALARM', 'OK'],
  ]);
});

describe('evaluates two of three data points as the second table of the guide', () => {
  checkTable(2, [
    ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - X', 'ALARM', STAYS, 'ALARM', 'OK'],
  ]);
});

test.each([
  ['GreaterThanThreshold', 5, false],
  ['GreaterThanOrEqualToThreshold', 5, true],
  ['LessThanThreshold', 5, false],
  ['LessThanOrEqualToThreshold', 5, true],
  ['GreaterThanThreshold', 6, true],
  ['LessThanThreshold', 4, true],
] as const)('%s of 5 breaches at %d: %s', (comparison, value, breaches) => {
  const evaluation = {
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 5,
    comparison,
    missingData: 'missing',
  } as const;
  expect(evaluateAlarm(evaluation, [value], 'OK')).toBe(breaches ? 'ALARM' : 'OK');
});
