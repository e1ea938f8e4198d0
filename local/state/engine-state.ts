import type { Clock } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import { openDataFolder } from './data-folder.ts';
import { createSaver, type Saver } from './saver.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Owner } from './state-file.ts';

/** What the resources of one engine hold, before it starts and after it has stopped. */
export interface EngineState {
  /** Fills the resources, once they all exist and before anything happens to them. */
  restore(cloud: Cloud): Promise<void>;
  /** Something may have changed. */
  changed(): void;
  /** Takes what the resources hold, once nothing changes it any more. Only after `restore`: before, they hold nothing. */
  settle(): Promise<void>;
  /** What `settle` took. */
  readonly last: Snapshot;
  /** Lets others have the data folder. */
  close(): Promise<void>;
}

const NOTHING: Snapshot = {
  queues: new Map(),
  tables: new Map(),
  buckets: new Map(),
  stateMachines: new Map(),
  services: new Map(),
};

/** @throws StartError for a data folder that is not this app's. */
export async function openState(options: {
  readonly data: string | undefined;
  readonly snapshot: Snapshot | undefined;
  readonly owner: Owner;
  readonly clock: Clock;
  readonly onWarning: (message: string) => void;
}): Promise<EngineState> {
  const { data, snapshot, owner, clock, onWarning } = options;
  const folder = data === undefined ? undefined : await openDataFolder(data, owner);
  let restored: Cloud | undefined;
  let saver: Saver | undefined;
  let last = NOTHING;

  return {
    async restore(cloud) {
      const before = snapshot ?? (await folder?.read());
      for (const name of before ? await restoreSnapshot(before, cloud) : []) {
        onWarning(`what ${name} held is dropped: these stacks do not have it any more`);
      }
      restored = cloud;
      if (folder === undefined) return;
      saver = createSaver({
        clock,
        save: async () => folder.write(await takeSnapshot(cloud)),
        onError: error => onWarning(`the state could not be saved to ${data}: ${error}`),
      });
    },
    changed: () => saver?.changed(),
    async settle() {
      await saver?.stop();
      if (restored === undefined) return;
      last = await takeSnapshot(restored);
      await folder?.write(last);
    },
    get last() {
      return last;
    },
    close: async () => folder?.close(),
  };
}
