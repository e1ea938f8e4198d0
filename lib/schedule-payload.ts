import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { throughJson, validatePayloadAtSynth } from '../contract/payload.ts';
import type { TaskDefinition } from '../contract/task.ts';

/** A payload as JSON, its tokens replaced at deployment. */
export function payloadToJson(scope: Construct, payload: unknown): string {
  return hasTokens(scope, payload) ? Stack.of(scope).toJsonString(payload) : JSON.stringify(payload);
}

/**
 * A payload with tokens is left to the consumer: what the schema would see here is not what it will be.
 *
 * @throws TaskPayloadError when the task's schema refuses the payload
 */
export function checkPayload(scope: Construct, task: TaskDefinition, payload: unknown): void {
  if (!hasTokens(scope, payload)) validatePayloadAtSynth(task, throughJson(task.name, payload));
}

function hasTokens(scope: Construct, payload: unknown): boolean {
  return JSON.stringify(Stack.of(scope).resolve(payload)) !== JSON.stringify(payload);
}
