import { defineStep, defineWorkflow } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

const input = z.object({ count: z.int() });

export const passOn = defineStep({ name: 'pass-on', input, output: input });

export const oneStep = defineWorkflow({
  name: 'one-step',
  input,
  timeout: '5m',
  flow: flow => flow.step(passOn),
});

export const elevenSteps = defineWorkflow({
  name: 'eleven-steps',
  input,
  timeout: '5m',
  flow: flow =>
    flow
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn)
      .step(passOn),
});
