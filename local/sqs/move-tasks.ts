import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { MoveTask } from './move-task.ts';
import type { Queue } from './queue.ts';
import { SqsError } from './sqs-error.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
const REMEMBERED_TASKS = 10;

/** The message move tasks of all dead-letter queues, the newest first. */
export class MoveTasks {
  readonly #clock: Clock;
  readonly #findByArn: (arn: string) => Queue | undefined;
  readonly #bySource = new Map<string, MoveTask[]>();

  constructor(clock: Clock, findByArn: (arn: string) => Queue | undefined) {
    this.#clock = clock;
    this.#findByArn = findByArn;
  }

  start(
    source: Queue,
    options: { destination: Queue | undefined; maxPerSecond: number | undefined },
  ): MoveTask {
    const tasks = this.list(source.arn);
    if (tasks.some(task => task.status === 'RUNNING')) {
      throw new SqsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const task = new MoveTask({
      ...options,
      handle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString('base64'),
      source,
      clock: this.#clock,
      findByArn: this.#findByArn,
    });
    this.#bySource.set(source.arn, [task, ...tasks].slice(0, REMEMBERED_TASKS));
    return task;
  }

  list(sourceArn: string): readonly MoveTask[] {
    return this.#bySource.get(sourceArn) ?? [];
  }

  find(handle: string): MoveTask | undefined {
    return [...this.#bySource.values()].flat().find(task => task.handle === handle);
  }

  cancel(handle: string): MoveTask {
    const task = this.find(handle);
    if (task === undefined) throw new SqsError('ResourceNotFoundException', 'Task does not exist.');
    if (task.status !== 'RUNNING') {
      throw new SqsError(
        'InvalidParameterValue',
        `Only active tasks can be cancelled, the status of this one is ${task.status}.`,
      );
    }
    task.cancel();
    return task;
  }

  stop(): void {
    for (const task of [...this.#bySource.values()].flat()) task.cancel();
  }
}
