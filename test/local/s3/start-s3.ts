import { S3Client } from '@aws-sdk/client-s3';
import { openFrontDoor } from '../../../local/front-door/front-door.ts';
import { createS3Service } from '../../../local/s3/s3-service.ts';
import { createFakeClock } from '../fake-clock.ts';

/** The service behind a front door of its own, with a client in its default settings and a bucket. */
export async function startS3(maxBodyBytes = 64 * 1024 * 1024) {
  const clock = createFakeClock();
  const door = await openFrontDoor({ port: 0, limits: { maxBodyBytes } });
  const service = await createS3Service({ clock, region: 'eu-west-1' });
  door.add(service);
  service.createBucket('photos');
  const client = new S3Client({
    endpoint: door.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  return {
    clock,
    client,
    service,
    endpoint: door.endpoint,
    async stop() {
      client.destroy();
      await door.stop();
      await service.stop();
    },
  };
}

export type StartedS3 = Awaited<ReturnType<typeof startS3>>;
