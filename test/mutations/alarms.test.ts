import { describe } from 'vitest';
import { standardApp, synthesize } from './app.ts';
import { ALARMS } from './cases/alarms.ts';
import { testCases } from './cases/case.ts';

const standard = await synthesize(standardApp);

describe('of the alarms of a queue', () => testCases(standard, ALARMS));
