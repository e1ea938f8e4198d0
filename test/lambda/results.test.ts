import { expect, it } from 'vitest';
import { MAX_RESULT_BYTES } from '../../contract/limits.ts';
import { handle } from '../../lambda/handle.ts';
import { envelopeOf, greet, letterIn, startCloud } from './consumer-fixture.ts';

const circular: { self?: object } = {};
circular.self = circular;

it.each([
  [
    'is one byte too large',
    'a'.repeat(MAX_RESULT_BYTES - 1),
    /65537 bytes of JSON, 1 over the limit of 65536/,
  ],
  ['is circular', circular, /not JSON \(TypeError: .*circular/],
  ['has a BigInt', { total: 1n }, /not JSON \(TypeError: .*BigInt/],
])('dead-letters a run whose result %s', async (_, result, reason) => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => result));
  await cloud.send(envelopeOf('run-1'));

  // WHEN
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([]);
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'deadLettered', cause: 'invalidResult' });
  expect(item).not.toHaveProperty('result');
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { deadLetter: { cause: 'invalidResult', error: { message: expect.stringMatching(reason) } } },
  ]);
});

it.each([
  ['undefined', undefined, undefined],
  ['null', null, 'null'],
  ['as large as may be', 'a'.repeat(MAX_RESULT_BYTES - 2), `"${'a'.repeat(MAX_RESULT_BYTES - 2)}"`],
  ['of what JSON drops and changes', { a: undefined, at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
])('stores a result that is %s', async (_, result, stored) => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => result));
  await cloud.send(envelopeOf('run-1'));

  await cloud.deliver();

  const item = await cloud.item('run-1');
  expect(item.status).toBe('succeeded');
  expect(item.result).toBe(stored);
});
