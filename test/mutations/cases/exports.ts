import { exportsNumbers } from '../scenarios/exports.ts';
import { removed } from '../template.ts';
import { type Case, failing } from './case.ts';

const FUNCTION = 'NumbersWorkflowSteps';

export const EXPORTS: readonly Case[] = failing(
  exportsNumbers,
  removed(FUNCTION, 'Environment', 'Variables', 'BACKGROUND_JOBS_EXPORT_BUCKET'),
);
