import type { Construct } from 'constructs';
import { WEBHOOK_VARIABLE } from '../../contract/webhook-environment.ts';
import { checkRules, type Rule } from '../rules.ts';
import type { TaskWebhookProps } from './task-webhook-props.ts';
import { isOfSecretsManager } from './webhook-secret.ts';

/** @throws Error with the construct's path, the prop, its value, what is allowed and the fix */
export function checkTaskWebhook(scope: Construct, props: TaskWebhookProps): void {
  checkRules(scope, rulesOf(props));
}

function rulesOf({ queues, secret, secretField, environment = {} }: TaskWebhookProps): Rule[] {
  return [
    {
      condition: queues.length === 0,
      message: 'queues must name at least one task queue, got []; a webhook without one can send nothing',
    },
    {
      condition: secretField !== undefined && !isOfSecretsManager(secret),
      message:
        `secretField must not be given with a parameter, which has no fields, got '${secretField}'; remove it, and let ` +
        'the parameter be the signing secret alone',
    },
    {
      condition: secretField === '',
      message:
        "secretField must name a field of the secret's JSON, got ''; leave it out for the secret as a whole",
    },
    {
      condition: WEBHOOK_VARIABLE in environment,
      message: `environment must not have ${WEBHOOK_VARIABLE}, which the construct writes; remove it`,
    },
  ];
}
