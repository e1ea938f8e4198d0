import { createWorkflowClient } from './create-workflow-client.ts';

/** The verbs of a client that finds its workflows in the environment. */
export const {
  startWorkflow,
  getWorkflowRun,
  waitForWorkflowRun,
  listWorkflowRuns,
  signalWorkflow,
  cancelWorkflowRun,
  redriveWorkflowRun,
} = createWorkflowClient();
