import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { createWorkflowClient, type WorkflowClient } from 'cdk-background-jobs/tasks';
import { readWorkflowEnvironment, WORKFLOWS_VARIABLE } from '../../contract/workflow/workflow-environment.ts';
import { accessKeyIdOfRole } from '../../local/permissions/role-session.ts';
import type { World } from './world.ts';

const ROLE_NAME = 'application';

/** The role of a server of the application: what is granted to it, no function of its own needs to start for. */
export function newApplication(shop: Stack): Role {
  const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
  return new Role(shop, 'Application', { roleName: ROLE_NAME, assumedBy });
}

/** What a server has that acts with that role. */
export interface Application {
  readonly workflows: WorkflowClient;
  readonly s3: S3Client;
}

/** Does this work as the application would, by the time of the world. */
export async function asApplication(
  world: World,
  work: (application: Application) => Promise<void>,
): Promise<void> {
  const roleArn = `arn:aws:iam::${world.accountId}:role/${ROLE_NAME}`;
  const config = {
    ...world.clientConfig,
    // What is refused stays refused, and the SDK's own waits are real time.
    maxAttempts: 1,
    credentials: {
      accessKeyId: accessKeyIdOfRole({ roleArn, sessionName: 'server' }),
      secretAccessKey: 'local',
    },
  };
  const clients = {
    dynamodb: new DynamoDBClient(config),
    sfn: new SFNClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
  const workflows = world.functions
    .filter(({ environment }) => WORKFLOWS_VARIABLE in environment)
    .flatMap(({ environment }) => readWorkflowEnvironment(environment));
  const clock = { now: () => world.now().getTime(), sleep: world.advance };
  try {
    const { s3, ...others } = clients;
    await work({ workflows: createWorkflowClient({ workflows, ...others, clock }), s3 });
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
