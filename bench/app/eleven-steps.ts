import { createWorkflow, handleStep } from 'cdk-background-jobs/lambda';
import { elevenSteps, passOn } from './workflows.ts';

export const handler = createWorkflow(elevenSteps, [handleStep(passOn, input => input)]);
