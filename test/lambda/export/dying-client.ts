import type { GetObjectCommand, GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';

/** The client of a process that dies at its request of this number: before it is sent, or before its answer is there. */
export function dyingAt(
  s3: S3Client,
  request: number,
  when: 'before' | 'after',
): { client: S3Client; requests: () => number } {
  let requests = 0;
  const send = async (command: Parameters<S3Client['send']>[0]) => {
    requests += 1;
    if (requests > request || (requests === request && when === 'before')) throw new Error('dead');
    const answer: object = await s3.send(command as GetObjectCommand);
    if (requests >= request) {
      // What nobody reads would keep its connection.
      if ('Body' in answer) await (answer as GetObjectCommandOutput).Body?.transformToByteArray();
      throw new Error('dead');
    }
    return answer;
  };
  return { client: { send } as unknown as S3Client, requests: () => requests };
}
