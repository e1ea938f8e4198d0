import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseBranches } from '../../../local/template/conditions.ts';
import { resolve, type Scope } from '../../../local/template/resolve.ts';

const nothing = () => undefined;
const scope: Scope = {
  region: 'us-east-1',
  mappings: {},
  ref: name => `<${name}>`,
  attribute: nothing,
  exported: nothing,
  stackOutput: nothing,
};
const always = () => true;

const key = fc.string().filter(name => name !== 'Ref' && !name.startsWith('Fn::'));
const data = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string().filter(text => !text.includes('{{resolve:')),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const noValue = { Ref: 'AWS::NoValue' };

test('a value without intrinsics resolves to itself', () => {
  fc.assert(
    fc.property(data, value => {
      expect(resolve(chooseBranches(value, always, ''), scope, '')).toEqual(value);
    }),
  );
});

test('Fn::Sub resolves to what the corresponding Fn::Join resolves to', () => {
  const literal = fc
    .string()
    .map(text => text.replaceAll(/[${}]/g, '-'))
    .filter(text => !text.includes('resolve'));
  const name = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
  const part = fc.oneof(
    literal.map(text => ({ sub: text, join: text as unknown })),
    name.map(id => ({ sub: `\${${id}}`, join: { Ref: id } })),
    name.map(id => ({ sub: `\${!${id}}`, join: `\${${id}}` })),
  );
  fc.assert(
    fc.property(fc.array(part), parts => {
      const sub = { 'Fn::Sub': parts.map(({ sub }) => sub).join('') };
      const join = { 'Fn::Join': ['', parts.map(({ join }) => join)] };
      expect(resolve(sub, scope, '')).toBe(resolve(join, scope, ''));
    }),
  );
});

test('AWS::NoValue disappears from every list and object', () => {
  fc.assert(
    fc.property(fc.dictionary(key, data, { noNullPrototype: true }), key, (value, extra) => {
      fc.pre(!Object.hasOwn(value, extra));
      expect(chooseBranches({ ...value, [extra]: noValue }, always, '')).toEqual(value);
      const items = Object.values(value);
      expect(chooseBranches([noValue, ...items, noValue], always, '')).toEqual(items);
    }),
  );
});

test('Fn::If resolves to the branch that its condition chooses, and only to that', () => {
  fc.assert(
    fc.property(data, data, fc.boolean(), (then, otherwise, condition) => {
      const value = { a: { 'Fn::If': ['IsProd', then, otherwise] } };
      expect(chooseBranches(value, () => condition, '')).toEqual({ a: condition ? then : otherwise });
    }),
  );
});
