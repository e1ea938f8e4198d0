import type { IncomingMessage } from 'node:http';
import type { Clock } from './clock.ts';
import type { Cloud } from './cloud.ts';
import { createCloudFormationService } from './cloudformation/cloudformation-service.ts';
import type { AlarmChange } from './cloudwatch/alarms.ts';
import { createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { createDynamoDbService } from './dynamodb/dynamodb-service.ts';
import { createEventsService } from './events/events-service.ts';
import { createFaultRules } from './faults/fault-rules.ts';
import { serveFaulty } from './faults/serve-faulty.ts';
import { callerOf } from './front-door/credential-scope.ts';
import { openFrontDoor } from './front-door/front-door.ts';
import { createHttpApis } from './http-api/http-apis.ts';
import { createLambdaService, type FunctionLogLine } from './lambda/lambda-service.ts';
import { createPermissions } from './permissions/permissions.ts';
import { objectEvent } from './s3/object-event.ts';
import { createS3Service } from './s3/s3-service.ts';
import { createSchedulerService } from './scheduler/scheduler-service.ts';
import type { CreatedSchedule } from './scheduler/schedules.ts';
import { createSecretsManagerService } from './secrets-manager/secrets-manager-service.ts';
import type { Service } from './service.ts';
import { createSnsService } from './sns/sns-service.ts';
import type { Notification } from './sns/topics.ts';
import type { SentMessage } from './sqs/queue-api.ts';
import { createSqsService } from './sqs/sqs-service.ts';
import { createSsmService } from './ssm/ssm-service.ts';
import { startErrorIn } from './start-error.ts';
import { executionStatusEvent } from './step-functions/execution-status-event.ts';
import { createStepFunctionsService } from './step-functions/step-functions-service.ts';
import {
  eventTargetsOf,
  notifyTopics,
  schedulerTargetsOf,
  taskTargetsOf,
  topicTargetsOf,
} from './targets.ts';

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
    sns: createSnsService({ clock, location, targets: topicTargetsOf(() => cloud) }),
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
        notifyTopics(change, cloud);
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
