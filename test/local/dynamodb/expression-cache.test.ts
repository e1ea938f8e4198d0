import { createRequire } from 'node:module';
import { CreateTableCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Parse, type ParserContext, parseOnce } from '../../../local/dynamodb/expression-cache.ts';
import { type StartedDynamoDb, startDynamoDb, tableInput } from './start-dynamodb.ts';

const requireDynalite = createRequire(import.meta.url);

/** dynalite's own, without the cache that the store has put around them. */
function originalParsers(): readonly Parse[] {
  return ['conditionParser', 'updateParser'].map(name => {
    const path = requireDynalite.resolve(`dynalite/db/${name}`);
    const patched = requireDynalite.cache[path];
    delete requireDynalite.cache[path];
    const { parse }: { parse: Parse } = requireDynalite(path);
    requireDynalite.cache[path] = patched;
    return parse;
  });
}

const contextOf = (attrNames: Record<string, string>, attrVals: Record<string, object>): ParserContext =>
  Object.assign(
    {
      attrNames,
      attrVals,
      unusedAttrNames: Object.fromEntries(Object.keys(attrNames).map(name => [name, true as const])),
      unusedAttrVals: Object.fromEntries(Object.keys(attrVals).map(name => [name, true as const])),
    },
    {
      isReserved: (name: string) => name.toLowerCase() === 'status',
      compare: (_: string, x: { N?: string }, y: { N?: string }) => Number(x.N) > Number(y.N),
    },
  );

/** What a parse comes to: what is wrong, or the tree and the names and values that no expression has used yet. */
function parsed(parse: Parse, expression: string, context: ParserContext) {
  let tree: unknown;
  try {
    tree = parse(expression, { context });
  } catch (error) {
    return String(error);
  }
  if (typeof tree === 'string') return tree;
  return { tree, names: Object.keys(context.unusedAttrNames), values: Object.keys(context.unusedAttrVals) };
}

const value = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map(number => ({ N: String(number) })),
  fc.constantFrom('S', 'a').map(text => ({ S: text })),
  fc.constant({ L: [] }),
);
const operand = fc.constantFrom('#a', '#b', 'c', 'status', ':x', ':y', 'size(#a)', '#a.list[1]');
const condition = fc.oneof(
  fc.tuple(operand, fc.constantFrom('=', '<', '<>'), operand).map(parts => parts.join(' ')),
  fc.tuple(operand, operand, operand).map(([x, y, z]) => `${x} BETWEEN ${y} AND ${z}`),
  fc.tuple(operand, operand).map(([x, y]) => `attribute_type(${x}, ${y}) OR NOT (${y} = ${x})`),
  fc.tuple(operand, operand).map(([x, y]) => `begins_with(${x}, ${y}) AND attribute_exists(${x})`),
);
const update = fc.oneof(
  fc.tuple(operand, operand).map(([x, y]) => `SET ${x} = if_not_exists(${x}, ${y}) + ${y} REMOVE #b`),
  fc.tuple(operand, operand).map(([x, y]) => `ADD ${x} ${y}`),
  fc.tuple(operand, operand).map(([x, y]) => `SET ${x} = list_append(${y}, ${y}), d = ${y}`),
);
const names = fc.record({ '#a': fc.constantFrom('a', 'b'), '#b': fc.constantFrom('b', 'status') });

const [parseCondition, parseUpdate] = originalParsers() as [Parse, Parse];

it.each([
  { kind: 'condition', parse: parseCondition, expression: condition },
  { kind: 'update', parse: parseUpdate, expression: update },
])('makes of every $kind what dynalite alone makes of it, at first and again', ({ parse, expression }) => {
  const cached = parseOnce(parse);
  fc.assert(
    fc.property(expression, names, value, value, (text, attrNames, x, y) => {
      const make = () => contextOf(attrNames, { ':x': x, ':y': { ...y } });
      const expected = parsed(parse, text, make());
      expect(parsed(cached, text, make())).toStrictEqual(expected);
      expect(parsed(cached, text, make())).toStrictEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

it('parses a text once, whatever the values, and again after 500 others', () => {
  const texts: string[] = [];
  const parse = parseOnce(text => ({ tree: texts.push(text) }));
  const run = (text: string) =>
    parse(text, { context: contextOf({}, { ':x': { N: String(Math.random()) } }) });
  run('first');
  run('first');
  expect(texts).toEqual(['first']);
  for (let number = 0; number < 500; number++) run(`expression ${number}`);
  run('first');
  expect(texts).toHaveLength(502);
});

let dynamodb: StartedDynamoDb;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  await dynamodb.client.send(new CreateTableCommand(tableInput('runs')));
});
afterAll(() => dynamodb.stop());

it('evaluates a repeated expression on the values and the item of each request', async () => {
  const claim = (id: string, by: string, addend: string) =>
    dynamodb.client.send(
      new UpdateItemCommand({
        TableName: 'runs',
        Key: { id: { S: id } },
        UpdateExpression: 'SET attempt = if_not_exists(attempt, :zero) + :addend, leaseId = :by',
        ExpressionAttributeValues: { ':zero': { N: '0' }, ':addend': { N: addend }, ':by': { S: by } },
      }),
    );
  await claim('1', 'first', '1');
  await claim('2', 'second', '5');
  await claim('1', 'third', '2');
  const items = await Promise.all(
    ['1', '2'].map(id =>
      dynamodb.client.send(new GetItemCommand({ TableName: 'runs', Key: { id: { S: id } } })),
    ),
  );
  expect(items.map(({ Item }) => Item)).toEqual([
    { id: { S: '1' }, attempt: { N: '3' }, leaseId: { S: 'third' } },
    { id: { S: '2' }, attempt: { N: '5' }, leaseId: { S: 'second' } },
  ]);
});

it.each([
  { ConditionExpression: 'id BETWEEN :x AND :y', good: ['1', '2'], bad: ['2', '1'] },
  { ConditionExpression: 'attribute_type(id, :x) AND id <> :y', good: ['S', '2'], bad: ['X', '2'] },
])('refuses $ConditionExpression by its values after it was right with others', async example => {
  const { ConditionExpression, good, bad } = example;
  const update = ([x = '', y = '']: readonly string[]) =>
    dynamodb.client.send(
      new UpdateItemCommand({
        TableName: 'runs',
        Key: { id: { S: '1' } },
        ConditionExpression,
        ExpressionAttributeValues: { ':x': { S: x }, ':y': { S: y } },
      }),
    );
  await dynamodb.client.send(new UpdateItemCommand({ TableName: 'runs', Key: { id: { S: '1' } } }));
  await update(good);
  await expect(update(bad)).rejects.toThrow('Invalid ConditionExpression');
});
