import type { Cloud } from './cloud.ts';
import { alarmMessage } from './cloudwatch/alarm-message.ts';
import type { AlarmChange } from './cloudwatch/alarms.ts';
import { MissingTarget } from './delivery/failure.ts';
import type { EventTargets } from './events/rule-delivery.ts';
import { accessKeyIdOfRole } from './permissions/role-session.ts';
import type { SchedulerTargets } from './scheduler/firing.ts';
import type { Targets } from './sns/delivery.ts';
import type { StateMachine } from './step-functions/state-machine.ts';
import type { TaskTargets } from './step-functions/tasks/aws-calls.ts';

/** Only topics are told: what else an alarm may act on (scaling, instances) is not there. */
export function notifyTopics(change: AlarmChange, { sns, location, permissions }: Cloud): void {
  const authorize = permissions.authorizerOfService('cloudwatch.amazonaws.com', change.arn);
  for (const action of change.actions.filter(arn => arn.startsWith('arn:aws:sns:'))) {
    try {
      authorize?.('SNS:Publish', action);
      sns.publish(action, alarmMessage(change, location));
    } catch (error) {
      process.emitWarning(`The alarm ${change.name} could not be published to ${action}: ${error}`);
    }
  }
}

/** What a state machine's tasks call, each as the machine's role. */
export function taskTargetsOf({ lambda, sns, permissions, location, clock }: Cloud): TaskTargets {
  const sessionOf = ({ name, roleArn }: StateMachine) => ({ roleArn, sessionName: name });
  return {
    lambda,
    sns,
    endpoint: location,
    hold: clock.hold,
    authorizerOf(machine) {
      const { roleArn, sessionName } = sessionOf(machine);
      return permissions.authorizerOfRole(roleArn, sessionName);
    },
    credentialsOf: machine => ({
      accessKeyId: accessKeyIdOfRole(sessionOf(machine)),
      secretAccessKey: 'local',
    }),
  };
}

/** Where SNS delivers to. Lazily, since topics and queues are services of the same cloud. */
export function topicTargetsOf(cloud: () => Cloud): Targets {
  return {
    toQueue(queueArn, message, { topicArn, traceHeader }) {
      const { sqs, permissions } = cloud();
      permissions.authorizerOfService('sns.amazonaws.com', topicArn)?.('sqs:sendmessage', queueArn);
      sqs.send(queueArn, message, { senderId: 'sns', traceHeader });
    },
    toFunction(functionArn, event, { topicArn, traceHeader }) {
      const { lambda, permissions } = cloud();
      permissions.authorizerOfService('sns.amazonaws.com', topicArn)?.('lambda:InvokeFunction', functionArn);
      const target = lambda.functionByName(functionArn);
      if (!target) throw new Error(`${functionArn} is no function of these stacks`);
      lambda.invokeAsync(target, event, { traceHeaders: traceHeader ? [traceHeader] : [] });
    },
  };
}

/** Where Scheduler delivers to, lazily as above. Nobody asked for what it does: it tells that something has changed. */
export function schedulerTargetsOf(cloud: () => Cloud, onChanged: () => void): SchedulerTargets {
  return {
    assume: (roleArn, sourceArn) =>
      cloud().permissions.authorizerOfAssumedRole(roleArn, 'scheduler.amazonaws.com', sourceArn),
    queueArnOf(url) {
      const queue = cloud().sqs.queueByUrl(url);
      if (!queue) throw new MissingTarget(`The specified queue does not exist: ${url}`);
      return queue.arn;
    },
    toQueue(arn, message) {
      onChanged();
      cloud().sqs.send(arn, message, { senderId: 'scheduler' });
    },
    toFunction: (arn, event) => invoke(cloud(), arn, event),
  };
}

/** Where EventBridge delivers to, lazily as above. */
export function eventTargetsOf(cloud: () => Cloud, onChanged: () => void): EventTargets {
  return {
    authorizer(ruleArn, roleArn) {
      const { permissions } = cloud();
      return roleArn === undefined
        ? permissions.authorizerOfService('events.amazonaws.com', ruleArn)
        : permissions.authorizerOfAssumedRole(roleArn, 'events.amazonaws.com', ruleArn);
    },
    toQueue(arn, message) {
      onChanged();
      cloud().sqs.send(arn, message, { senderId: 'events' });
    },
    toFunction: (arn, event) => invoke(cloud(), arn, event),
    toStateMachine(arn, inputJson) {
      if (!cloud().stepFunctions.start(arn, inputJson))
        throw new MissingTarget(`State machine not found: ${arn}`);
    },
  };
}

function invoke({ lambda }: Cloud, arn: string, event: unknown): void {
  const target = lambda.functionByName(arn);
  if (!target) throw new MissingTarget(`Function not found: ${arn}`);
  lambda.invokeAsync(target, event);
}
