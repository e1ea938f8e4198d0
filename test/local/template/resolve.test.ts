// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of Fn::Sub
import { expect, test } from 'vitest';
import { resolve, type Scope } from '../../../local/template/resolve.ts';

const references: Record<string, unknown> = {
  'AWS::Region': 'eu-west-1',
  Queue: 'http://localhost/queue',
  Zones: ['a', 'b'],
  Empty: '',
};
const scope: Scope = {
  region: 'eu-west-1',
  mappings: { Sizes: { prod: { memory: 512 } } },
  ref: name => references[name],
  attribute: (id, attribute) => (id === 'Queue' && attribute === 'Arn' ? 'arn:queue' : undefined),
  exported: name => (name === 'shared' ? 'exported value' : undefined),
  stackOutput: (stack, output) => (stack === 'Base' && output === 'Url' ? 'http://base' : undefined),
};
const resolved = (value: unknown) => resolve(value, scope, 'Resources.X.Properties.P');

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
test.each<[what: string, value: unknown, expected: unknown]>([
  ['Ref of a resource', { Ref: 'Queue' }, 'http://localhost/queue'],
  ['Ref of a list parameter', { Ref: 'Zones' }, ['a', 'b']],
  ['Ref of an empty parameter', { Ref: 'Empty' }, ''],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
  ['Fn::GetAtt as a string', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 5, true]] }, 'a-eu-west-1-5-true'],
  ['Fn::Join of a list parameter', { 'Fn::Join': [',', { Ref: 'Zones' }] }, 'a,b'],
  [
    'Fn::Sub with references',
    { 'Fn::Sub': '${Queue} in ${AWS::Region}' },
    'http://localhost/queue in eu-west-1',
  ],
  ['Fn::Sub with an attribute', { 'Fn::Sub': 'to ${Queue.Arn}' }, 'to arn:queue'],
  [
    'Fn::Sub with variables',
    { 'Fn::Sub': ['${Queue}/${A}', { A: { Ref: 'AWS::Region' }, Queue: 'own' }] },
    'own/eu-west-1',
  ],
  ['Fn::Sub with a literal', { 'Fn::Sub': '${!Queue} costs $5 {}' }, '${Queue} costs $5 {}'],
  ['Fn::Select', { 'Fn::Select': ['1', ['a', { Ref: 'AWS::Region' }]] }, 'eu-west-1'],
  ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', 'prod', 'memory'] }, 512],
  [
    'Fn::FindInMap with a default',
    { 'Fn::FindInMap': ['Sizes', 'dev', 'memory', { DefaultValue: 128 }] },
    128,
  ],
  ['Fn::Base64', { 'Fn::Base64': 'héllo' }, 'aMOpbGxv'],
  ['Fn::GetAZs of its own region', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
  ['Fn::ImportValue', { 'Fn::ImportValue': 'shared' }, 'exported value'],
  ['Fn::GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'Base', OutputName: 'Url' } }, 'http://base'],
  ['Fn::ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Queue' } } }, '{"a":"http://localhost/queue"}'],
  ['Fn::Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
  ['an intrinsic deep inside', { a: [{ b: { Ref: 'Queue' } }] }, { a: [{ b: 'http://localhost/queue' }] }],
  ['an object that only looks like an intrinsic', { Ref: 'Queue', other: 1 }, { Ref: 'Queue', other: 1 }],
])('resolves %s', (_what, value, expected) => {
  expect(resolved(value)).toEqual(expected);
});

test.each<[what: string, value: unknown, message: string]>([
  ['an unknown reference', { Ref: 'Nope' }, 'Ref: this stack has no parameter or resource Nope'],
  ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Nope'] }, 'Fn::GetAtt: Queue has no attribute Nope'],
  [
    'an unknown name in Fn::Sub',
    { 'Fn::Sub': '${Nope}' },
    'Fn::Sub: this stack has no parameter or resource Nope',
  ],
  [
    'an index outside its list',
    { 'Fn::Select': [2, ['a']] },
    'Fn::Select: there is no item 2 in a list of 1',
  ],
  [
    'a missing mapping',
    { 'Fn::FindInMap': ['Sizes', 'dev', 'memory'] },
    'the mappings have no Sizes / dev / memory',
  ],
  ['a missing export', { 'Fn::ImportValue': 'gone' }, 'no stack started before this one exports gone'],
  ['a list where a string belongs', { 'Fn::Sub': '${Zones}' }, 'expected a string, got ["a","b"]'],
  [
    'an intrinsic that is not supported',
    { 'Fn::Cidr': [] },
    'Fn::Cidr: this intrinsic function is not supported',
  ],
  ['a dynamic reference', 'x{{resolve:ssm:/p}}', 'dynamic references are not supported'],
])('fails for %s, naming where', (_what, value, message) => {
  expect(() => resolved({ inner: [value] })).toThrow(message);
  expect(() => resolved({ inner: [value] })).toThrow('Resources.X.Properties.P.inner[0]');
});
