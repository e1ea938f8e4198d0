import type { Cloud } from '../cloud.ts';
import type { JsonObject } from '../json-value.ts';
import type { SavedObject } from '../s3/saved-object.ts';
import { startErrorIn } from '../start-error.ts';

/** What the queues, tables, buckets and state machines of an engine hold, each by its name, and its other services. */
export interface Snapshot {
  readonly queues: ReadonlyMap<string, readonly JsonObject[]>;
  readonly tables: ReadonlyMap<string, readonly JsonObject[]>;
  readonly buckets: ReadonlyMap<string, readonly SavedObject[]>;
  /** Executions by their state machine. */
  readonly stateMachines: ReadonlyMap<string, readonly JsonObject[]>;
  /** What other services hold, by signing name; what they write, they read. */
  readonly services: ReadonlyMap<string, readonly JsonObject[]>;
}

/** Services that keep something, beside those that have resources with contents of their own. */
const keepingServices = ({ events, scheduler, secretsManager, ssm }: Cloud) => [
  events,
  scheduler,
  secretsManager,
  ssm,
];

export async function takeSnapshot(cloud: Cloud): Promise<Snapshot> {
  const { sqs, dynamodb, s3, stepFunctions } = cloud;
  // With the messages, at the same moment: what is on its way to a queue is in one of them.
  const services = new Map(keepingServices(cloud).map(service => [service.signingName, service.save()]));
  // Messages first: one that is deleted while the tables are read comes back, and its item says that it is done. The
  // other way round it would be lost.
  const queues = new Map(sqs.queues().map(queue => [queue.name, queue.save()]));
  const stateMachines = new Map(stepFunctions.stateMachines().map(name => [name, stepFunctions.save(name)]));
  const buckets = new Map(s3.buckets().map(name => [name, s3.save(name)]));
  const tables = new Map<string, readonly JsonObject[]>();
  for (const name of await dynamodb.tables()) {
    tables.set(
      name,
      (await dynamodb.save(name)).map(item => ({ ...item })),
    );
  }
  return { queues, tables, buckets, stateMachines, services };
}

/**
 * Fills the queues, tables, buckets and services of an engine that has just been created.
 *
 * @returns the names of those that the snapshot has and the engine has not: what they held is gone, as it is when
 * CloudFormation deletes them.
 * @throws StartError naming what does not take what it held, such as a table whose keys are others now.
 */
export async function restoreSnapshot(snapshot: Snapshot, cloud: Cloud): Promise<readonly string[]> {
  const { sqs, dynamodb, s3, stepFunctions } = cloud;
  const queues = new Map(sqs.queues().map(queue => [queue.name, queue]));
  const tables = new Set(await dynamodb.tables());
  const buckets = new Set(s3.buckets());
  const machines = new Set(stepFunctions.stateMachines());
  const gone: string[] = [];

  for (const [name, saved] of snapshot.queues) {
    const queue = queues.get(name);
    if (queue) await restoring(`queue ${name}`, () => queue.restore(saved));
    else if (saved.length > 0) gone.push(`queue ${name}`);
  }
  for (const [name, items] of snapshot.tables) {
    if (tables.has(name)) await restoring(`table ${name}`, () => dynamodb.restore(name, items));
    else if (items.length > 0) gone.push(`table ${name}`);
  }
  for (const [name, objects] of snapshot.buckets) {
    if (buckets.has(name)) await restoring(`bucket ${name}`, () => s3.restore(name, objects));
    else if (objects.length > 0) gone.push(`bucket ${name}`);
  }
  for (const [name, executions] of snapshot.stateMachines) {
    if (machines.has(name)) {
      await restoring(`state machine ${name}`, () => stepFunctions.restore(name, executions));
    } else if (executions.length > 0) gone.push(`state machine ${name}`);
  }
  for (const service of keepingServices(cloud)) {
    const saved = snapshot.services.get(service.signingName) ?? [];
    await restoring(service.signingName, () => void gone.push(...service.restore(saved)));
  }
  return gone;
}

async function restoring(subject: string, restore: () => void | Promise<void>): Promise<void> {
  try {
    await restore();
  } catch (error) {
    throw startErrorIn(`${subject} does not take what it held before`, error);
  }
}
