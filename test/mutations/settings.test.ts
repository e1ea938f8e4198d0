import { describe, expect, test } from 'vitest';
import { fifoApp, operatedApp, producerApp, type SynthesizedApp, standardApp, synthesize } from './app.ts';
import { ALARMS } from './cases/alarms.ts';
import { type Case, testCases } from './cases/case.ts';
import { FIFO, PRODUCER } from './cases/fifo.ts';
import { OPERATED } from './cases/operated.ts';
import { STANDARD } from './cases/standard.ts';
import { absentIn, overlookedIn } from './overlooked.ts';
import { nameOf, type Part, partsOf } from './parts.ts';
import { UNSEEN } from './unseen.ts';

const standard = await synthesize(standardApp);
const operated = await synthesize(operatedApp);
const fifo = await synthesize(fifoApp);
const producer = await synthesize(producerApp);

describe('of a standard queue', () => testCases(standard, STANDARD));
describe('of a standard queue and its operator', () => testCases(operated, OPERATED));
describe('of a FIFO queue', () => testCases(fifo, FIFO));
describe('of a FIFO queue and its producer', () => testCases(producer, PRODUCER));

/** Templates, each with what mutates it, and with those whose parts are looked at there. */
const TEMPLATES: readonly [string, SynthesizedApp, readonly Case[], ...SynthesizedApp[]][] = [
  ['a standard queue with its operator', operated, [...STANDARD, ...ALARMS, ...OPERATED]],
  ['a FIFO queue', fifo, FIFO, operated],
  ['a FIFO queue with its producer', producer, PRODUCER, fifo, operated],
];

/** Of the application's own function only what it is told is. */
const isOurs = ({ id, name }: Part) => !id.startsWith('Operator') || name.startsWith('BACKGROUND_JOBS');

test.each(
  TEMPLATES,
)('whatever stands in the template of %s is mutated, or it is said why no scenario sees it', (...[
  ,
  app,
  cases,
  ...others
]) => {
  const elsewhere = others.flatMap(({ template }) => partsOf(template)).map(nameOf);
  const ofThis = (part: Part) => isOurs(part) && !elsewhere.includes(nameOf(part));
  expect(overlookedIn(app, { cases, unseen: UNSEEN, ofThis })).toEqual([]);
});

test('nothing is called unseen that is not there', () => {
  expect(
    absentIn(
      TEMPLATES.map(([, app]) => app),
      UNSEEN,
    ),
  ).toEqual([]);
});
