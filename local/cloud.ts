import type { Clock } from './clock.ts';
import type { CloudFormationService } from './cloudformation/cloudformation-service.ts';
import type { CloudWatch } from './cloudwatch/cloudwatch.ts';
import type { DynamoDbService } from './dynamodb/dynamodb-service.ts';
import type { EventsService } from './events/events-service.ts';
import type { FaultRules } from './faults/fault-rules.ts';
import type { HttpApis } from './http-api/http-apis.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import type { Permissions } from './permissions/permissions.ts';
import type { S3Service } from './s3/s3-service.ts';
import type { SchedulerService } from './scheduler/scheduler-service.ts';
import type { SecretsManagerService } from './secrets-manager/secrets-manager-service.ts';
import type { Location } from './service.ts';
import type { SnsService } from './sns/sns-service.ts';
import type { SqsService } from './sqs/sqs-service.ts';
import type { SsmService } from './ssm/ssm-service.ts';
import type { StepFunctionsService } from './step-functions/step-functions-service.ts';

/** The services of one engine, as a resource sees them when it is created. */
export interface Cloud {
  readonly clock: Clock;
  readonly location: Location;
  readonly permissions: Permissions;
  readonly faults: FaultRules;
  readonly sqs: SqsService;
  readonly dynamodb: DynamoDbService;
  readonly s3: S3Service;
  readonly sns: SnsService;
  readonly lambda: LambdaService;
  readonly httpApis: HttpApis;
  readonly stepFunctions: StepFunctionsService;
  readonly cloudformation: CloudFormationService;
  readonly scheduler: SchedulerService;
  readonly events: EventsService;
  readonly secretsManager: SecretsManagerService;
  readonly ssm: SsmService;
  readonly cloudwatch: CloudWatch;
}
