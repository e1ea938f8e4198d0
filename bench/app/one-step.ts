import { createWorkflow, handleStep } from 'cdk-background-jobs/lambda';
import { oneStep, passOn } from './workflows.ts';

export const handler = createWorkflow(oneStep, [handleStep(passOn, input => input)]);
