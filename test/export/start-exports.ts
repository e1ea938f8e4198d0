import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListMultipartUploadsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ExportDefinition } from '../../contract/export/define-export.ts';
import { createExport, type ExportFunctionOptions } from '../../lambda/export/create-export.ts';
import type { ExportHandler } from '../../lambda/export/export-handler.ts';
import type { StartedS3 } from '../local/s3/start-s3.ts';
import { startWorkflows } from '../workflow/start-workflows.ts';

/** An export as it is synthesized, its function in this process, on a clock that stands still. */
export async function startExports<Request extends StandardSchemaV1, Row extends object, Cursor>(
  s3: StartedS3,
  definition: ExportDefinition<string, Request>,
  handler: ExportHandler<
    StandardSchemaV1.InferOutput<Request>,
    Row,
    Cursor,
    StandardSchemaV1.InferInput<Request>
  >,
  options: Pick<ExportFunctionOptions, 'steps' | 'onEnded'> & {
    /** Before each request that the function makes. */
    readonly onRequest?: (name: string) => Promise<void>;
    /** @default true */
    readonly tellEnds?: boolean;
  } = {},
) {
  const { onRequest = async () => {}, tellEnds = true, ...more } = options;
  const workflows = await startWorkflows(definition, [], {
    tellEnds,
    createEntry: given =>
      createExport(definition, handler, {
        ...given,
        ...more,
        ...(given.dynamodb && { dynamodb: watched(given.dynamodb, onRequest) }),
        s3: watched(s3.client, onRequest),
        bucket: 'photos',
      }),
  });
  return {
    ...workflows,
    /** @returns the run's id */
    async start(input: StandardSchemaV1.InferInput<Request>): Promise<string> {
      return (await workflows.client.startWorkflow(definition, input)).runId;
    },
    get: (runId: string) => workflows.client.getWorkflowRun(definition, runId),
    /** All that S3 has of a run. */
    async inS3(runId: string): Promise<string[]> {
      const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'photos' }));
      const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'photos' }));
      const found = [
        ...Contents.map(({ Key }) => Key ?? ''),
        ...Uploads.map(({ Key }) => `upload of ${Key}`),
      ];
      return found.filter(key => key.includes(`/${runId}/`));
    },
  };
}

function watched<Client extends S3Client | DynamoDBClient>(
  client: Client,
  onRequest: (name: string) => Promise<void>,
): Client {
  const send = async (...given: Parameters<Client['send']>): Promise<unknown> => {
    await onRequest(given[0].constructor.name);
    return await Reflect.apply(client.send, client, given);
  };
  return { send } as unknown as Client;
}
