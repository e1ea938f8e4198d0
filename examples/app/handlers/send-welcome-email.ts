import type { Handler } from 'cdk-background-jobs/lambda';
import { createTransport } from 'nodemailer';
import { required } from '../../environment.ts';
import type { sendWelcomeEmail } from '../tasks.ts';

const transport = createTransport({
  host: required('SMTP_HOST'),
  port: Number(required('SMTP_PORT')),
  pool: true,
});

/** Mail servers know no idempotency keys, but a message id that stays the same lets readers drop a repetition. */
export const sendWelcomeEmailHandler: Handler<typeof sendWelcomeEmail> = async ({ name, email }, run) => {
  const { messageId } = await transport.sendMail({
    messageId: `<${run.idempotencyKey('mail')}@example.com>`,
    from: 'Example <welcome@example.com>',
    to: { name, address: email },
    subject: `Welcome, ${name}`,
    text: `Hello ${name},\n\nyour account is ready.\n`,
    html: `<p>Hello ${escapeHtml(name)},</p><p>your account is ready.</p>`,
  });
  return { messageId };
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
