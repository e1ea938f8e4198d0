import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { resizeAvatarHandler } from './handlers/resize-avatar.ts';
import { sendWelcomeEmailHandler } from './handlers/send-welcome-email.ts';
import { syncExternalHandler } from './handlers/sync-external.ts';
import { resizeAvatar, sendWelcomeEmail, syncExternal } from './tasks.ts';

export const handler = createConsumer([
  handle(resizeAvatar, resizeAvatarHandler),
  handle(sendWelcomeEmail, sendWelcomeEmailHandler),
  handle(syncExternal, syncExternalHandler),
]);
