import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchFolder } from '../../bin/commands/watch-folder.ts';
import { eventually } from '../eventually.ts';
import { newFolder } from '../local/engine/written-assembly.ts';

/** A watched folder with `lib/old.ts` in it. */
async function watched() {
  const folder = await newFolder();
  const at = (path: string) => join(folder, path);
  const write = (path: string, text: string) => writeFileSync(at(path), text);
  mkdirSync(at('lib'));
  write('lib/old.ts', 'old');
  let changes = 0;
  const { stop } = watchFolder(folder, [], {
    onChange: () => changes++,
    onError(error) {
      throw error;
    },
  });
  onTestFinished(stop);
  return {
    at,
    write,
    /** Does something, and waits until it is noticed. */
    async noticed(action: () => void) {
      const before = changes;
      action();
      await eventually(() => expect(changes).toBeGreaterThan(before));
    },
  };
}

test('notices a file that is changed, added or removed', async () => {
  const { at, write, noticed } = await watched();
  await noticed(() => write('lib/old.ts', 'new'));
  await noticed(() => write('lib/added.ts', 'added'));
  await noticed(() => rmSync(at('lib/added.ts')));
});

test('notices files in a folder that is new since the start, and in folders of it', async () => {
  const { at, write, noticed } = await watched();
  await noticed(() => mkdirSync(at('more/deep/deeper'), { recursive: true }));
  await noticed(() => write('more/a.ts', '1'));
  await noticed(() => write('more/deep/deeper/a.ts', '1'));
  await noticed(() => write('more/deep/deeper/a.ts', '2'));
  await noticed(() => mkdirSync(at('more/deep/deeper/deepest')));
  await noticed(() => write('more/deep/deeper/deepest/a.ts', '1'));
});

test('notices files in a folder that was there and is made anew', async () => {
  const { at, write, noticed } = await watched();
  await noticed(() => {
    rmSync(at('lib'), { recursive: true });
    mkdirSync(at('lib/deep'), { recursive: true });
  });
  await noticed(() => write('lib/old.ts', 'new'));
  await noticed(() => write('lib/deep/a.ts', '1'));
  // The second time, with all that is in it.
  await noticed(() => {
    rmSync(at('lib'), { recursive: true });
    mkdirSync(at('lib/deep'), { recursive: true });
    write('lib/old.ts', 'new');
  });
  await noticed(() => write('lib/deep/a.ts', '2'));
});

test('notices files in a folder in the place of one that was moved away, with folders in it', async () => {
  const { at, write, noticed } = await watched();
  await noticed(() => mkdirSync(at('lib/deep')));
  await noticed(() => renameSync(at('lib'), at('.lib')));
  await noticed(() => mkdirSync(at('lib/deep'), { recursive: true }));
  await noticed(() => write('lib/deep/a.ts', '1'));
});
