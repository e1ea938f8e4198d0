import type { IncomingMessage } from 'node:http';
import type { Clock } from './clock.ts';
import type { Cloud } from './cloud.ts';
import { createCloudFormationService } from './cloudformation/cloudformation-service.ts';
import { alarmMessage } from './cloudwatch/alarm-message.ts';
import type { AlarmChange } from './cloudwatch/alarms.ts';
import { createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { MissingTarget } from './delivery/failure.ts';
import { createDynamoDbService } from './dynamodb/dynamodb-service.ts';
import { createEventsService } from './events/events-service.ts';
import type { EventTargets } from './events/rule-delivery.ts';
import { createFaultRules } from './faults/fault-rules.ts';
import { serveFaulty } from './faults/serve-faulty.ts';
import { callerOf } from './front-door/credential-scope.ts';
import { openFrontDoor } from './front-door/front-door.ts';
import { createHttpApis } from './http-api/http-apis.ts';
import { createLambdaService, type FunctionLogLine } from './lambda/lambda-service.ts';
import { createPermissions } from './permissions/permissions.ts';
import { accessKeyIdOfRole } from './permissions/role-session.ts';
import { objectEvent } from './s3/object-event.ts';
import { createS3Service } from './s3/s3-service.ts';
import type { SchedulerTargets } from './scheduler/firing.ts';
import { createSchedulerService } from './scheduler/scheduler-service.ts';
import type { CreatedSchedule } from './scheduler/schedules.ts';
import { createSecretsManagerService } from './secrets-manager/secrets-manager-service.ts';
import type { Service } from './service.ts';
import type { Targets } from './sns/delivery.ts';
import { createSnsService } from './sns/sns-service.ts';
import type { Notification } from './sns/topics.ts';
import type { SentMessage } from './sqs/queue-api.ts';
import { createSqsService } from './sqs/sqs-service.ts';
import { createSsmService } from './ssm/ssm-service.ts';
import { startErrorIn } from './start-error.ts';
import { executionStatusEvent } from './step-functions/execution-status-event.ts';
import type { StateMachine } from './step-functions/state-machine.ts';
import { createStepFunctionsService } from './step-functions/step-functions-service.ts';
import type { TaskTargets } from './step-functions/tasks/aws-calls.ts';

export interface ServicesOptions {
  readonly port: number;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly permissions: 'on' | 'off';
  readonly onLog: (line: FunctionLogLine) => void;
  readonly onAlarm: (change: AlarmChange) => void;
  readonly onNotification: (notification: Notification) => void;
  readonly onMessage: (message: SentMessage) => void;
  readonly onSchedule: (schedule: CreatedSchedule) => void;
  /** Called whenever a request or an invocation may have changed what the services hold. */
  readonly onChanged: () => void;
}

export interface Services {
  readonly cloud: Cloud;
  /** @param beforeStores called when no function runs any more, while the stores still hold everything. */
  stop(beforeStores: () => Promise<void>): Promise<void>;
}

/** Opens the front door with every service behind it. */
export async function openServices(options: ServicesOptions): Promise<Services> {
  const { clock, region, accountId, onChanged } = options;
  const frontDoor = await openFrontDoor({ port: options.port, clock }).catch((error: unknown) => {
    throw startErrorIn('the AWS endpoint does not open', error);
  });
  const location = { region, accountId, endpoint: frontDoor.endpoint };
  const faults = createFaultRules({
    services: () => services.map(({ signingName }) => signingName),
    functions: () => cloud.lambda.functions().map(({ name }) => name),
    queues: () => cloud.sqs.queues().map(({ name }) => name),
    schedules: () => cloud.scheduler.schedules().map(({ definition }) => definition.name),
  });
  const cloud: Cloud = {
    faults,
    clock,
    location,
    permissions: createPermissions({ region, accountId }, options.permissions === 'on'),
    sqs: createSqsService({ clock, location, onSent: options.onMessage }),
    dynamodb: createDynamoDbService({ clock, location }),
    s3: await createS3Service({
      clock,
      region,
      onObjectChange: change => cloud.events.emit(objectEvent(change, accountId)),
    }).catch(async (error: unknown) => {
      // An open port would keep the process running.
      await frontDoor.stop();
      throw error;
    }),
    sns: createSnsService({ clock, location, targets: targetsOf(() => cloud) }),
    lambda: createLambdaService({
      clock,
      location,
      faultOf: faults.ofInvocation,
      onLog(line) {
        if (!cloud.permissions.mayLog(line.functionName)) return;
        cloud.cloudwatch.recordLogLine(line.text);
        options.onLog(line);
      },
      onInvoked(invocation) {
        cloud.cloudwatch.recordInvocation(invocation);
        onChanged();
      },
    }),
    httpApis: createHttpApis(),
    stepFunctions: createStepFunctionsService({
      clock,
      location,
      targets: () => taskTargetsOf(cloud),
      onChanged,
      onStatus: record => cloud.events.emit(executionStatusEvent(record)),
    }),
    cloudformation: createCloudFormationService({ location }),
    secretsManager: createSecretsManagerService({ clock, location }),
    ssm: createSsmService({ clock, location }),
    scheduler: createSchedulerService({
      clock,
      location,
      targets: schedulerTargetsOf(() => cloud, onChanged),
      faultOf: faults.ofFiring,
      onCreated: options.onSchedule,
    }),
    events: createEventsService({ clock, location, targets: eventTargetsOf(() => cloud, onChanged) }),
    cloudwatch: createCloudWatch({
      clock,
      location,
      queues: () => cloud.sqs.queues(),
      functionNames: () => cloud.lambda.functions().map(({ name }) => name),
      onChange(change) {
        options.onAlarm(change);
        notify(change, cloud);
      },
    }),
  };
  cloud.sns.onPublish(options.onNotification);
  // Functions end first, so that no call of theirs is under way when its service ends. The door closes last: it waits
  // for open requests, and long polls are answered when SQS ends.
  const services: readonly Service[] = [
    cloud.lambda,
    cloud.cloudformation,
    cloud.stepFunctions,
    cloud.scheduler,
    cloud.events,
    cloud.secretsManager,
    cloud.ssm,
    cloud.sqs,
    cloud.sns,
    cloud.s3,
    cloud.dynamodb,
  ];
  for (const service of services) {
    frontDoor.add({
      ...service,
      handle(request, response) {
        // Clients correct their clocks by it when an error is answered, and repeat the request if theirs was wrong.
        response.setHeader('Date', new Date(clock.now()).toUTCString());
        const release = clock.hold();
        response.once('close', () => {
          release();
          onChanged();
        });
        const authorize = cloud.permissions.authorizerOf(callerOf(request));
        const serve = (received: IncomingMessage) => service.handle(received, response, authorize);
        if (!faults.ofRequests) return serve(request);
        const killCaller = () => cloud.lambda.killCaller(request);
        return serveFaulty(request, response, {
          service: service.signingName,
          rules: faults,
          clock,
          serve,
          killCaller,
        });
      },
    });
  }
  return {
    cloud,
    async stop(beforeStores) {
      cloud.cloudwatch.stop();
      await cloud.scheduler.stop();
      await cloud.events.stop();
      await cloud.lambda.stop();
      await beforeStores();
      for (const service of services) if (service !== cloud.lambda) await service.stop();
      await frontDoor.stop();
    },
  };
}

/** Only topics are told: what else an alarm may act on (scaling, instances) is not there. */
function notify(change: AlarmChange, { sns, location, permissions }: Cloud): void {
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
function taskTargetsOf({ lambda, sns, permissions, location, clock }: Cloud): TaskTargets {
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
function targetsOf(cloud: () => Cloud): Targets {
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
function schedulerTargetsOf(cloud: () => Cloud, onChanged: () => void): SchedulerTargets {
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
    toFunction(arn, event) {
      const { lambda } = cloud();
      const target = lambda.functionByName(arn);
      if (!target) throw new MissingTarget(`Function not found: ${arn}`);
      lambda.invokeAsync(target, event);
    },
  };
}

/** Where EventBridge delivers to, lazily as above. */
function eventTargetsOf(cloud: () => Cloud, onChanged: () => void): EventTargets {
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
    toFunction(arn, event) {
      const { lambda } = cloud();
      const target = lambda.functionByName(arn);
      if (!target) throw new MissingTarget(`Function not found: ${arn}`);
      lambda.invokeAsync(target, event);
    },
    toStateMachine(arn, inputJson) {
      if (!cloud().stepFunctions.start(arn, inputJson))
        throw new MissingTarget(`State machine not found: ${arn}`);
    },
  };
}
