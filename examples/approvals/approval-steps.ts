import { createWorkflow, handleStep } from 'cdk-background-jobs/lambda';
import { createTransport } from 'nodemailer';
import { required } from '../environment.ts';
import { approveExpense, askForDecision } from './approve-expense.ts';

const transport = createTransport({ host: required('SMTP_HOST'), port: Number(required('SMTP_PORT')) });

export const handler = createWorkflow(approveExpense, [
  handleStep(askForDecision, async ({ to, purpose, cents, overdue }, run) => {
    const { messageId } = await transport.sendMail({
      messageId: `<${run.idempotencyKey(overdue ? 'escalation' : 'request')}@example.com>`,
      from: 'Example <expenses@example.com>',
      to,
      subject: `${overdue ? 'Overdue: please' : 'Please'} decide on ${purpose}`,
      text: `${purpose}, ${(cents / 100).toFixed(2)} EUR.\n\nThe request is ${run.runId}.\n`,
    });
    return { messageId };
  }),
]);
