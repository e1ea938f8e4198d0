import { exportsNumbers } from '../scenarios/exports.ts';
import { removed } from '../template.ts';
import { type Case, failing, saying } from './case.ts';

const FUNCTION = 'NumbersWorkflowSteps';

export const EXPORTS: readonly Case[] = failing(
  exportsNumbers,
  saying(
    'The environment variable BACKGROUND_JOBS_EXPORT_BUCKET is not set',
    removed(FUNCTION, 'Environment', 'Variables', 'BACKGROUND_JOBS_EXPORT_BUCKET'),
  ),
);
