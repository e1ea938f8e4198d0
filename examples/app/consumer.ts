import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { inspectUploadHandler } from './handlers/inspect-upload.ts';
import { resizeAvatarHandler } from './handlers/resize-avatar.ts';
import { sendWelcomeEmailHandler } from './handlers/send-welcome-email.ts';
import { syncExternalHandler } from './handlers/sync-external.ts';
import { inspectUpload, resizeAvatar, sendWelcomeEmail, syncExternal } from './tasks.ts';

export const handler = createConsumer([
  handle(resizeAvatar, resizeAvatarHandler),
  handle(inspectUpload, inspectUploadHandler),
  handle(sendWelcomeEmail, sendWelcomeEmailHandler),
  handle(syncExternal, syncExternalHandler),
]);
