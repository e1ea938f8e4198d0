import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { announceIssueHandler } from './handlers/announce-issue.ts';
import { announceIssue } from './tasks.ts';

export const handler = createConsumer([handle(announceIssue, announceIssueHandler)]);
