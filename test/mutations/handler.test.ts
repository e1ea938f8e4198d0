import { describe } from 'vitest';
import { standardApp, synthesize } from './app.ts';
import { testCases } from './cases/case.ts';
import { HANDLER } from './cases/handler.ts';

const standard = await synthesize(standardApp);

describe('of the rules of the consumer', () => testCases(standard, HANDLER));
