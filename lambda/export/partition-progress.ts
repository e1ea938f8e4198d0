import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { updateWorkflowItem } from '../../client/workflow/workflow-store.ts';
import type { Clock } from '../../contract/clock.ts';
import { ACTIVE_STATUSES } from '../../contract/workflow/workflow-run.ts';
import { refuseEnded } from '../workflow/run-ended.ts';
import type { Position } from './checkpoint.ts';
import { fractionOf } from './tell-progress.ts';

export interface PartitionOfRun {
  readonly workflow: string;
  readonly runId: string;
  /** Of a run that is redriven, another one: what was said of the files before does not count. */
  readonly planId: string;
  /** Which one it is, and of how many. */
  readonly partition: number;
  readonly of: number;
}

/**
 * Says how far a run is whose partitions are written side by side: each keeps its own word in the run's item, and sees
 * those of the others in the answer to its write.
 *
 * @returns throws RunEndedError when the run has ended
 */
export function createPartitionProgress(
  { dynamodb, table, clock }: { dynamodb: DynamoDBClient; table: string; clock: Clock },
  { workflow, runId, planId, partition, of }: PartitionOfRun,
): (position: Position) => Promise<void> {
  let others: readonly PartitionProgress[] | undefined;

  async function write(own: PartitionProgress, progress?: string): Promise<void> {
    const told = await updateWorkflowItem(dynamodb, table, runId, {
      set: {
        [attributeOf(partition)]: JSON.stringify(own),
        ...(progress && { progress }),
        updatedAt: clock.now(),
      },
      statuses: ACTIVE_STATUSES,
    });
    refuseEnded(workflow, runId, told);
    others = Array.from({ length: of }, (_, each) => each)
      .filter(each => each !== partition)
      .flatMap(each => read(told.attributes[attributeOf(each)]?.S) ?? [])
      .filter(each => each.planId === planId);
  }

  return async position => {
    const own = { planId, fraction: position.done ? 1 : fractionOf(position), rows: position.rows };
    if (others === undefined) {
      await write(own);
      // The next word is soon enough for the sum; after the last there is none.
      if (!position.done) return;
    }
    const all = [own, ...(others ?? [])];
    const sum = (what: 'fraction' | 'rows') => all.reduce((total, each) => total + each[what], 0);
    const done = all.filter(({ fraction }) => fraction === 1).length;
    const message = `${sum('rows')} rows, ${done} of ${of} partitions`;
    await write(own, JSON.stringify({ fraction: sum('fraction') / of, message }));
  };
}

/** A partition's word of itself. */
interface PartitionProgress {
  readonly planId: string;
  readonly fraction: number;
  readonly rows: number;
}

const attributeOf = (partition: number) => `progress:${partition}`;

function read(word: string | undefined): PartitionProgress | undefined {
  return word === undefined ? undefined : (JSON.parse(word) as PartitionProgress);
}
