import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { Jimp } from 'jimp';
import { AVATAR_SIZE, toAvatar } from '../avatar/avatar.ts';
import type { ExternalService } from './external-service.ts';
import type { MailServer } from './mail-server.ts';
import type { SentItem } from './send-everything.ts';

/** Where effects can be seen without asking the system under test. */
export interface Outside {
  readonly mail: MailServer;
  readonly external: ExternalService;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly sqs: SQSClient;
  readonly deadLetterUrls: readonly string[];
}

/** A dead letter as it lies in its queue. */
export interface SeenLetter {
  readonly task: string;
  readonly cause: string;
  readonly attempts: number;
  readonly error: string;
  /** The body, in which the item that was sent can be recognised. */
  readonly body: string;
}

/** What became of what was sent, by what can be seen outside. */
export interface Account {
  readonly sent: number;
  readonly succeeded: number;
  readonly deadLettered: number;
  readonly duplicatesSuppressed: number;
  readonly lost: readonly SentItem[];
  /** Effects that happened more than once. */
  readonly doubled: readonly SentItem[];
}

export async function settleAccount(
  items: readonly SentItem[],
  letters: readonly SeenLetter[],
  outside: Outside,
): Promise<Account> {
  const objects = await listAvatars(outside);
  const effects = ({ subject }: SentItem): number =>
    outside.mail.mailsByAddress.get(subject) ??
    outside.external.syncsByAccount.get(subject) ??
    (objects.includes(subject) ? 1 : 0);
  const lettersOf = ({ subject, task }: SentItem) =>
    letters.filter(
      letter => letter.task === task && letter.body.includes(JSON.stringify(subject).slice(1, -1)),
    );

  const firsts = items.filter(item => !item.duplicate);
  const succeeded = firsts.filter(item => effects(item) > 0);
  const deadLettered = firsts.filter(item => effects(item) === 0 && lettersOf(item).length > 0);
  const doubled = firsts.filter(item => effects(item) > 1 || lettersOf(item).length > 1);
  const suppressed = items.filter(item => item.duplicate && effects(item) === 1);
  return {
    sent: items.length,
    succeeded: succeeded.length,
    deadLettered: deadLettered.length,
    duplicatesSuppressed: suppressed.length,
    lost: firsts.filter(item => !succeeded.includes(item) && !deadLettered.includes(item)),
    doubled,
  };
}

/** How many of the items have shown an effect or a dead letter, as far as can be told without reading the letters. */
export async function countDone(items: readonly SentItem[], outside: Outside): Promise<number> {
  let letters = 0;
  for (const QueueUrl of outside.deadLetterUrls) {
    const command = new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    letters += Number((await outside.sqs.send(command)).Attributes?.ApproximateNumberOfMessages);
  }
  const { mail, external } = outside;
  const subjects = new Set([
    ...mail.mailsByAddress.keys(),
    ...external.syncsByAccount.keys(),
    ...(await listAvatars(outside)),
  ]);
  return letters + items.filter(item => !item.duplicate && subjects.has(item.subject)).length;
}

async function listAvatars({ s3, bucket }: Outside): Promise<readonly string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'avatars/' }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** Every letter in the dead-letter queues, which keep them. */
export async function readDeadLetters({ sqs, deadLetterUrls }: Outside): Promise<readonly SeenLetter[]> {
  const letters: SeenLetter[] = [];
  for (const QueueUrl of deadLetterUrls) {
    const handles: string[] = [];
    for (;;) {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 });
      const { Messages = [] } = await sqs.send(command);
      if (Messages.length === 0) break;
      for (const { Body = '', ReceiptHandle = '' } of Messages) {
        letters.push(readLetter(Body));
        handles.push(ReceiptHandle);
      }
    }
    for (const ReceiptHandle of handles) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  }
  return letters;
}

function readLetter(body: string): SeenLetter {
  const { task, deadLetter } = JSON.parse(body) as {
    task: string;
    deadLetter: { cause: string; attempts: number; error: { name: string; message: string } };
  };
  const { cause, attempts, error } = deadLetter;
  return { task, cause, attempts, error: `${error.name}: ${error.message}`, body };
}

/** Avatars that are not, pixel for pixel, what the upload makes. */
export async function findWrongAvatars(
  { s3, bucket }: Outside,
  items: readonly SentItem[],
  uploads: ReadonlyMap<string, Buffer>,
  keep: (key: string, image: Buffer) => Promise<void>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const expected = new Map<string, Buffer>();
  for (const [name, source] of uploads) {
    expected.set(name.replace('.', '-'), (await Jimp.read(await toAvatar(source))).bitmap.data);
  }
  for (const { subject } of items.filter(item => item.subject.startsWith('avatars/'))) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: subject }));
    const image = Buffer.from((await Body?.transformToByteArray()) ?? []);
    await keep(subject, image);
    const { width, height, data } = (await Jimp.read(image)).bitmap;
    const source = subject.replace(/^avatars\/(.*)-\d+\.png$/, '$1');
    const right = width === AVATAR_SIZE && height === AVATAR_SIZE && expected.get(source)?.equals(data);
    if (!right) wrong.push(subject);
  }
  return wrong;
}
