import { startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { approveExpense } from '../../examples/approvals/approve-expense.ts';
import { ApprovalsStack } from '../../examples/approvals/stack.ts';
import { startMailServer } from '../../examples/demo/mail-server.ts';
import { synthesizedForAllTests } from '../synthesized.ts';

const expense = {
  purpose: 'a second screen',
  cents: 24_900,
  approver: 'ada@example.com',
  manager: 'grace@example.com',
};

const assembly = synthesizedForAllTests(app => new ApprovalsStack(app, 'Approvals'));

async function startApprovals() {
  const mail = await startMailServer();
  onTestFinished(() => mail.stop());
  const local = await startLocal({
    app: assembly(),
    time: 'manual',
    parameters: { SmtpHost: '127.0.0.1', SmtpPort: String(mail.port) },
  });
  onTestFinished(() => local.stop());
  return { mail, local, workflows: local.workflows };
}

test('an expense that is decided on within seven days ends with the decision', async () => {
  // GIVEN
  const { mail, local, workflows } = await startApprovals();
  const { runId } = await workflows.startWorkflow(approveExpense, expense);
  await local.advance('6d');
  expect([...mail.mailsByAddress.keys()]).toEqual(['ada@example.com']);

  // WHEN
  await workflows.signalWorkflow(approveExpense, runId, 'decision', {
    approved: true,
    by: 'ada@example.com',
  });
  await local.idle();

  // THEN
  expect(await workflows.getWorkflowRun(approveExpense, runId)).toMatchObject({
    status: 'succeeded',
    output: { approved: true, by: 'ada@example.com' },
  });
});

test('an expense that nobody decides on goes to the manager after seven days', async () => {
  const { mail, local, workflows } = await startApprovals();
  const { runId } = await workflows.startWorkflow(approveExpense, expense);

  await local.advance('8d');
  expect([...mail.mailsByAddress.keys()]).toEqual(['ada@example.com', 'grace@example.com']);
  await workflows.signalWorkflow(approveExpense, runId, 'manager-decision', {
    approved: false,
    by: 'grace@example.com',
  });
  await local.idle();

  expect(await workflows.getWorkflowRun(approveExpense, runId)).toMatchObject({
    status: 'succeeded',
    output: { approved: false, by: 'grace@example.com' },
  });
});

test('an expense that nobody ever decides on fails after another seven', async () => {
  const { local, workflows } = await startApprovals();
  const { runId } = await workflows.startWorkflow(approveExpense, expense);

  await local.advance('15d');

  expect(await workflows.getWorkflowRun(approveExpense, runId)).toMatchObject({
    status: 'failed',
    error: { name: 'WaitTimeout' },
  });
});
