import { readdir, readFile } from 'node:fs/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Client } from 'cdk-background-jobs/tasks';
import { crashProcess, hangForever, resizeAvatar, sendWelcomeEmail, syncExternal } from '../app/tasks.ts';

/** One thing the demonstration sent, written down by the sender alone. */
export interface SentItem {
  readonly task: string;
  /** What it is about: an address, an object's key, an account, a message body. */
  readonly subject: string;
  readonly expected: 'done' | 'deadLettered';
  /** Something with the same identity was sent before. */
  readonly duplicate: boolean;
}

export interface Senders {
  readonly apiUrl: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly client: Client;
}

export interface SendReport {
  readonly items: readonly SentItem[];
  /** How long `POST /users` took to answer, in milliseconds. */
  readonly answerTimesMs: readonly number[];
}

const USERS = 120;
const REPEATED_USERS = 20;
const ACCOUNTS = 120;
const CLOSED_ACCOUNTS = 5;
const BROKEN_ACCOUNTS = 3;
const AVATARS_PER_UPLOAD = 4;
const SIDE_BY_SIDE = 4;
const UPLOADS = new URL('./uploads/', import.meta.url);

/** A few hundred tasks, good and bad, as an application sends them and as it should not. */
export async function sendEverything(senders: Senders): Promise<SendReport> {
  const items: SentItem[] = [];
  const answerTimesMs: number[] = [];
  // First: that a process has died is known when its message is visible again.
  await sendUnruly(senders, items);
  await sendAvatars(senders, items);
  await sendSyncs(senders, items);
  await sendRawMessages(senders, items);
  await sendWelcomes(senders, items, answerTimesMs);
  return { items, answerTimesMs };
}

async function sendUnruly({ client }: Senders, items: SentItem[]): Promise<void> {
  for (const task of [hangForever, crashProcess]) {
    const subject = `${task.name} of the demonstration`;
    await client.sendTask(task, { label: subject });
    items.push({ task: task.name, subject, expected: 'deadLettered', duplicate: false });
  }
}

async function sendAvatars({ s3, bucket, apiUrl }: Senders, items: SentItem[]): Promise<void> {
  for (const name of await readdir(UPLOADS)) {
    const sourceKey = `uploads/${name}`;
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: sourceKey, Body: await readFile(new URL(name, UPLOADS)) }),
    );
    for (let copy = 0; copy < AVATARS_PER_UPLOAD; copy++) {
      const userId = `${name.replace('.', '-')}-${copy}`;
      await post(apiUrl, '/avatars', { userId, sourceKey });
      items.push({
        task: resizeAvatar.name,
        subject: `avatars/${userId}.png`,
        expected: 'done',
        duplicate: false,
      });
    }
  }
}

/** One request sends them all. */
async function sendSyncs({ apiUrl }: Senders, items: SentItem[]): Promise<void> {
  const named = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  const good = named('account', ACCOUNTS);
  const hopeless = [...named('closed', CLOSED_ACCOUNTS), ...named('broken', BROKEN_ACCOUNTS)];
  await post(apiUrl, '/syncs', { accountIds: [...good, ...hopeless] });
  for (const subject of good)
    items.push({ task: syncExternal.name, subject, expected: 'done', duplicate: false });
  for (const subject of hopeless) {
    items.push({ task: syncExternal.name, subject, expected: 'deadLettered', duplicate: false });
  }
}

/** What comes from other languages, and from nobody's right mind. */
async function sendRawMessages({ sqs, queueUrl }: Senders, items: SentItem[]): Promise<void> {
  const send = async (body: string, item: SentItem) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    items.push(item);
  };
  const welcome = sendWelcomeEmail.name;
  const email = 'from-another-language@example.com';
  const payload = { userId: 'u-foreign', name: 'Łukasz', email };
  const foreign = JSON.stringify({ task: welcome, id: 'signup-4711', payload });
  await send(foreign, { task: welcome, subject: email, expected: 'done', duplicate: false });
  await send(foreign, { task: welcome, subject: email, expected: 'done', duplicate: true });

  const hopeless = { expected: 'deadLettered', duplicate: false } as const;
  await send('this is no JSON', { task: '(malformed)', subject: 'this is no JSON', ...hopeless });
  const unknown = JSON.stringify({ task: 'paint-the-fence', payload: { colour: 'green' } });
  await send(unknown, { task: 'paint-the-fence', subject: 'green', ...hopeless });
  const incomplete = JSON.stringify({ task: welcome, payload: { userId: 'no-address' } });
  await send(incomplete, { task: welcome, subject: 'no-address', ...hopeless });
}

/** One request a user; some users press the button twice. */
async function sendWelcomes({ apiUrl }: Senders, items: SentItem[], answerTimesMs: number[]): Promise<void> {
  const users = Array.from({ length: USERS }, (_, n) => `u-${n}`);
  const pending = [
    ...users.map(userId => ({ userId, duplicate: false })),
    ...users.slice(0, REPEATED_USERS).map(userId => ({ userId, duplicate: true })),
  ];
  const worker = async () => {
    for (let next = pending.shift(); next; next = pending.shift()) {
      const { userId, duplicate } = next;
      const email = `${userId}@example.com`;
      const startedAt = performance.now();
      await post(apiUrl, '/users', { userId, name: `User ${userId} <&>`, email });
      answerTimesMs.push(performance.now() - startedAt);
      items.push({ task: sendWelcomeEmail.name, subject: email, expected: 'done', duplicate });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

async function post(apiUrl: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(new URL(path, apiUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 202)
    throw new Error(`POST ${path} answered ${response.status} ${await response.text()}`);
}
