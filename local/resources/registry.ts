import { StartError } from '../start-error.ts';
import type { PreparedStack } from '../template/prepare-stack.ts';
import { alarm } from './alarm.ts';
import { bucket } from './bucket.ts';
import { bucketNotifications } from './bucket-notifications.ts';
import { eventBus } from './event-bus.ts';
import { eventInvokeConfig } from './event-invoke-config.ts';
import { eventRule } from './event-rule.ts';
import { eventSourceMapping } from './event-source-mapping.ts';
import { lambdaFunction } from './function.ts';
import { functionPermission } from './function-permission.ts';
import { functionUrl } from './function-url.ts';
import { globalTable } from './global-table.ts';
import { httpApi, httpApiIntegration, httpApiRoute, httpApiStage } from './http-api.ts';
import { key } from './key.ts';
import { parameter } from './parameter.ts';
import { queue } from './queue.ts';
import { bucketPolicy, queuePolicy, topicPolicy } from './resource-policy.ts';
import type { LiveResource, ResourceRequest, ResourceType } from './resource-type.ts';
import { managedPolicy, role, rolePolicy } from './role.ts';
import { schedule } from './schedule.ts';
import { scheduleGroup } from './schedule-group.ts';
import { secret } from './secret.ts';
import { stateMachine } from './state-machine.ts';
import { subscription } from './subscription.ts';
import { table } from './table.ts';
import { topic } from './topic.ts';
import { createWithoutEffect, typesWithoutEffect } from './without-effect.ts';

export const types: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': httpApi,
  'AWS::ApiGatewayV2::Integration': httpApiIntegration,
  'AWS::ApiGatewayV2::Route': httpApiRoute,
  'AWS::ApiGatewayV2::Stage': httpApiStage,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::DynamoDB::GlobalTable': globalTable,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::Rule': eventRule,
  'AWS::KMS::Key': key,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': rolePolicy,
  'AWS::IAM::Role': role,
  'AWS::Lambda::Permission': functionPermission,
  'AWS::Lambda::Url': functionUrl,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::Scheduler::Schedule': schedule,
  'AWS::Scheduler::ScheduleGroup': scheduleGroup,
  'AWS::SecretsManager::Secret': secret,
  'AWS::SSM::Parameter': parameter,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::StepFunctions::StateMachine': stateMachine,
  'Custom::S3BucketNotifications': bucketNotifications,
};

/** @param type one that `checkSupported` has let through. */
export async function createResource(type: string, request: ResourceRequest): Promise<LiveResource> {
  const known = types[type];
  if (known) return known.create(request);
  const withoutEffect = typesWithoutEffect[type];
  if (withoutEffect) return createWithoutEffect(withoutEffect, request);
  throw new StartError(`${type} is not supported`);
}

/** Whether a change of the property can be made to the running resource, by `replaceResource`. */
export function isReplaceable(type: string, property: string): boolean {
  return types[type]?.replacement?.properties.includes(property) ?? false;
}

/** @param type one whose changes are all replaceable. */
export async function replaceResource(type: string, request: ResourceRequest): Promise<LiveResource> {
  const replacement = types[type]?.replacement;
  if (replacement === undefined) throw new StartError(`${type} cannot be changed while it runs`);
  return replacement.replace(request);
}

/**
 * Looks at every resource before the first one is created.
 *
 * @throws StartError naming each resource whose type, or one of whose properties, is not supported.
 */
export function checkSupported(stacks: ReadonlyMap<string, PreparedStack>): void {
  const problems: string[] = [];
  for (const [stackName, stack] of stacks) {
    for (const [logicalId, { type, properties }] of stack.resources) {
      for (const problem of problemsOf(type, Object.keys(properties))) {
        problems.push(`${stackName}/${logicalId}: ${problem}`);
      }
    }
  }
  if (problems.length === 0) return;
  throw new StartError(
    `nothing was started, because the local engine does not support this yet:\n  ${problems.join('\n  ')}`,
  );
}

function problemsOf(type: string, properties: readonly string[]): string[] {
  if (Object.hasOwn(typesWithoutEffect, type)) return [];
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  if (known === undefined) return [type];
  return properties
    .filter(property => !known.properties.includes(property) && !known.withoutEffect.includes(property))
    .map(property => `property ${property} of ${type}`);
}
