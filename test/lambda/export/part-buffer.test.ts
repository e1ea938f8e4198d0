import { expect, test } from 'vitest';
import { createPartBuffer } from '../../../lambda/export/part-buffer.ts';

const MIB = 1024 * 1024;

test('the memory of a part that is given back is that of a later one: of two that are uploaded, it is three', async () => {
  const buffer = createPartBuffer(false);
  const memory = new Set<ArrayBufferLike>();
  const uploaded: Buffer[] = [];
  for (let part = 0; part < 10; part++) {
    await buffer.write(Buffer.alloc(MIB, part));
    const taken = await buffer.take();
    expect([taken[0], taken.length]).toEqual([part, MIB]);
    memory.add(taken.buffer);
    const first = uploaded.length === 2 ? uploaded.shift() : undefined;
    if (first) buffer.giveBack(first);
    uploaded.push(taken);
  }
  expect(memory.size).toBe(3);
});

test('a part that outgrows its memory is whole', async () => {
  const buffer = createPartBuffer(false, Buffer.from('tail'));
  for (let page = 0; page < 25; page++) await buffer.write('é'.repeat(MIB / 2));
  const taken = await buffer.take();
  expect(taken.equals(Buffer.from(`tail${'é'.repeat(MIB * 12.5)}`))).toBe(true);
  expect(taken.buffer.byteLength).toBeLessThan(2 * taken.length);
});

test('what nothing was written to is empty', async () => {
  expect(await createPartBuffer(false).take()).toHaveLength(0);
});
