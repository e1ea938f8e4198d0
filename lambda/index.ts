export { NonRetryableError, RetryAfterError } from '../contract/errors.ts';
export type { AsJson } from './as-json.ts';
export { type ConsumerFunction, type ConsumerOptions, createConsumer } from './create-consumer.ts';
export { createExport, type ExportFunctionOptions } from './export/create-export.ts';
export { type CsvOptions, csv } from './export/csv.ts';
export type { Chunk, ExportFormat, Written } from './export/export-format.ts';
export type { ExportHandler, Partition } from './export/export-handler.ts';
export { jsonArray, ndjson } from './export/json.ts';
export type { Page } from './export/write-rows.ts';
export { type Handler, handle, type TaskHandler } from './handle.ts';
export type { AttemptOutcome, Hooks, Middleware } from './hooks.ts';
export type { Log, LogLine } from './log.ts';
export type { TaskRun } from './task-run.ts';
export { createWebhook, type WebhookFunction, type WebhookOptions } from './webhook/create-webhook.ts';
export { type ForwardOptions, forward, type WebhookDelivery, type WebhookRoute } from './webhook/forward.ts';
export { githubSignature } from './webhook/github-signature.ts';
export { type HmacSignatureOptions, hmacSignature } from './webhook/hmac-signature.ts';
export { standardWebhooksSignature } from './webhook/standard-webhooks-signature.ts';
export { stripeSignature, type ToleranceOptions } from './webhook/stripe-signature.ts';
export type { WebhookAnswer, WebhookEvent } from './webhook/webhook-event.ts';
export type { WebhookRequest, WebhookSignature } from './webhook/webhook-signature.ts';
export {
  createWorkflow,
  type WorkflowEntry,
  type WorkflowFunctionOptions,
} from './workflow/create-workflow.ts';
export { handleStep, type StepHandler } from './workflow/handle-step.ts';
export type { StepRun } from './workflow/step-run.ts';
