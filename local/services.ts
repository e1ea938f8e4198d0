import type { Clock } from './clock.ts';
import type { Cloud } from './cloud.ts';
import { createDynamoDbService } from './dynamodb/dynamodb-service.ts';
import { openFrontDoor } from './front-door/front-door.ts';
import { createLambdaService, type FunctionLogLine } from './lambda/lambda-service.ts';
import { createS3Service } from './s3/s3-service.ts';
import type { Service } from './service.ts';
import { createSnsService } from './sns/sns-service.ts';
import { createSqsService } from './sqs/sqs-service.ts';
import { startErrorIn } from './start-error.ts';

export interface ServicesOptions {
  readonly port: number;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly onLog: (line: FunctionLogLine) => void;
}

/** Opens the front door with every service behind it. */
export async function openServices(
  options: ServicesOptions,
): Promise<{ cloud: Cloud; stop(): Promise<void> }> {
  const { clock, region, accountId, onLog } = options;
  const frontDoor = await openFrontDoor({ port: options.port }).catch((error: unknown) => {
    throw startErrorIn('the AWS endpoint does not open', error);
  });
  const location = { region, accountId, endpoint: frontDoor.endpoint };
  const cloud: Cloud = {
    clock,
    location,
    sqs: createSqsService({ clock, location }),
    dynamodb: createDynamoDbService({ clock, location }),
    s3: await createS3Service({ clock }),
    sns: createSnsService({ clock, location }),
    lambda: createLambdaService({ clock, location, onLog }),
  };
  // Functions end first, so that no call of theirs is under way when its service ends. The door closes last: it waits
  // for open requests, and long polls are answered when SQS ends.
  const services: readonly Service[] = [cloud.lambda, cloud.sqs, cloud.sns, cloud.s3, cloud.dynamodb];
  for (const service of services) frontDoor.add(service);
  return {
    cloud,
    async stop() {
      for (const service of services) await service.stop();
      await frontDoor.stop();
    },
  };
}
