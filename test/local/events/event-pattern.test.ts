import { expect, test } from 'vitest';
import { compileEventPattern } from '../../../local/events/event-pattern.ts';
import type { JsonObject } from '../../../local/json-value.ts';

/** Of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
const EC2 = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: ['arn:aws:ec2:us-west-1:111122223333:instance/i-1234567890abcdef0'],
  detail: { 'instance-id': 'i-1234567890abcdef0', state: 'terminated' },
};

type Case = readonly [section: string, pattern: JsonObject, event: JsonObject, matches: boolean];

const detail = (value: JsonObject) => ({ detail: value });
const field = (...matchers: readonly unknown[]) => detail({ field: matchers });
const holding = (value: unknown) => detail({ field: value });

/** Sections of `eb-create-pattern.html`, and of `eb-create-pattern-operators.html` by their anchors. */
const DOCUMENTED: readonly Case[] = [
  ['eb-event-patterns', { source: ['aws.ec2'] }, EC2, true],
  [
    'eb-event-patterns',
    {
      source: ['aws.ec2'],
      'detail-type': ['EC2 Instance State-change Notification'],
      detail: { state: ['terminated'] },
    },
    EC2,
    true,
  ],
  ['eb-event-patterns', { source: ['aws.ec2'], detail: { state: ['running'] } }, EC2, false],
  ['eb-event-patterns', { source: ['aws.ec2', 'aws.fargate'] }, EC2, true],
  ['eb-event-patterns', { Source: ['aws.ec2'] }, EC2, false],

  // Null and empty texts.
  ['eb-event-patterns-null-values', { detail: { eventVersion: [''] } }, detail({ eventVersion: '' }), true],
  ['eb-event-patterns-null-values', field(null), holding(null), true],
  ['eb-event-patterns-null-values', field(null), holding(''), false],
  ['eb-event-patterns-null-values', field(null), detail({}), false],

  // Arrays match when they have something in common.
  [
    'eb-event-patterns-arrays',
    { resources: ['arn:aws:autoscaling:a', 'arn:aws:ec2:b'] },
    { resources: ['arn:aws:ec2:b', 'arn:aws:ec2:c'] },
    true,
  ],
  ['eb-event-patterns-arrays', { resources: ['arn:aws:ec2:a'] }, { resources: ['arn:aws:ec2:c'] }, false],
  ['eb-event-patterns-arrays', { resources: ['arn:aws:ec2:a'] }, { resources: [] }, false],

  ['prefix-matching', { time: [{ prefix: '2017-12-22' }] }, EC2, true],
  ['prefix-matching', { time: [{ prefix: '2017-10-02' }] }, EC2, false],
  [
    'prefix-ignore-case',
    { detail: { service: [{ prefix: { 'equals-ignore-case': 'EventB' } }] } },
    detail({ service: 'eventbridge' }),
    true,
  ],
  ['suffix-matching', { detail: { FileName: [{ suffix: '.png' }] } }, detail({ FileName: 'a.png' }), true],
  ['suffix-matching', { detail: { FileName: [{ suffix: '.png' }] } }, detail({ FileName: 'a.PNG' }), false],
  [
    'suffix-ignore-case',
    { detail: { FileName: [{ suffix: { 'equals-ignore-case': '.png' } }] } },
    detail({ FileName: 'a.PNG' }),
    true,
  ],

  ['anything-but', field({ 'anything-but': 'initializing' }), holding('running'), true],
  ['anything-but', field({ 'anything-but': 'initializing' }), holding('initializing'), false],
  ['anything-but', field({ 'anything-but': 'initializing' }), detail({}), false],
  ['anything-but', field({ 'anything-but': 123 }), holding(124), true],
  ['anything-but', field({ 'anything-but': 123 }), holding(123), false],
  ['anything-but', field({ 'anything-but': ['stopped', 'overloaded'] }), holding('overloaded'), false],
  ['anything-but', field({ 'anything-but': ['stopped', 'overloaded'] }), holding('running'), true],
  ['anything-but', field({ 'anything-but': [100, 200, 300] }), holding(200), false],
  [
    'anything-but-ignore-case',
    field({ 'anything-but': { 'equals-ignore-case': 'initializing' } }),
    holding('INITIALIZING'),
    false,
  ],
  [
    'anything-but-ignore-case',
    field({ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }),
    holding('Stopped'),
    false,
  ],
  ['anything-but-prefix', field({ 'anything-but': { prefix: 'init' } }), holding('initializing'), false],
  ['anything-but-prefix', field({ 'anything-but': { prefix: ['init', 'error'] } }), holding('running'), true],
  ['anything-but-suffix', field({ 'anything-but': { suffix: '.txt' } }), holding('a.txt'), false],
  ['anything-but-suffix', field({ 'anything-but': { suffix: ['.txt', '.rtf'] } }), holding('a.md'), true],
  ['anything-but-wildcard', field({ 'anything-but': { wildcard: '*/lib/*' } }), holding('a/lib/b'), false],
  [
    'anything-but-wildcard',
    field({ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }),
    holding('a/src/b'),
    true,
  ],

  ['numeric-matching', field({ numeric: ['>', 0, '<=', 5] }), holding(5), true],
  ['numeric-matching', field({ numeric: ['>', 0, '<=', 5] }), holding(0), false],
  ['numeric-matching', field({ numeric: ['<', 10] }), holding(9.99), true],
  ['numeric-matching', field({ numeric: ['=', 3.018e2] }), holding(301.8), true],
  ['numeric-matching', field({ numeric: ['=', 5] }), holding('5'), false],
  // Not in JSON numbers alone: https://github.com/aws/event-ruler compares values, not how they are written.
  ['numeric-matching', field(300), holding(3e2), true],

  ['cidr', field({ cidr: '10.0.0.0/24' }), holding('10.0.0.255'), true],
  ['cidr', field({ cidr: '10.0.0.0/24' }), holding('10.0.1.0'), false],
  ['cidr', field({ cidr: '2001:db8::/32' }), holding('2001:db8:1::1'), true],
  ['cidr', field({ cidr: '10.0.0.0/24' }), holding('nowhere'), false],

  ['exists', field({ exists: true }), holding('pending'), true],
  ['exists', field({ exists: true }), detail({ other: { c1: 100 } }), false],
  // Of leaves only.
  ['exists', field({ exists: true }), holding({ c1: 100 }), false],
  ['exists', field({ exists: false }), holding({ c1: 100 }), true],
  ['exists', field({ exists: false }), detail({ state: ['initializing', 'running'] }), true],
  ['exists', field({ exists: false }, 'a'), holding('a'), true],

  ['equals-ignore-case', field({ 'equals-ignore-case': 'Alice' }), holding('aLICE'), true],
  ['equals-ignore-case', field({ 'equals-ignore-case': 'Alice' }), holding('alic'), false],

  ['wildcard', field({ wildcard: 'dir/*.png' }), holding('dir/a/b.png'), true],
  ['wildcard', field({ wildcard: 'dir/*.png' }), holding('dir/a/b.PNG'), false],
  ['wildcard', field({ wildcard: '*/lib/*' }), holding('/lib/'), true],
  ['wildcard', field({ wildcard: 'a\\*b' }), holding('a*b'), true],
  ['wildcard', field({ wildcard: 'a\\*b' }), holding('axb'), false],
  ['wildcard', field({ wildcard: 'a\\\\*' }), holding('a\\b'), true],
  ['wildcard', field({ wildcard: 'a.b' }), holding('axb'), false],

  // Several matchers over several fields, all of which must hold.
  [
    'complex-example',
    {
      time: [{ prefix: '2017-10-02' }],
      detail: {
        state: [{ 'anything-but': 'initializing' }],
        'c-count': [{ numeric: ['>', 0, '<=', 5] }],
        'd-count': [{ numeric: ['<', 10] }],
        'x-limit': [{ 'anything-but': [100, 200, 300] }],
      },
    },
    {
      time: '2017-10-02T18:43:48Z',
      detail: { state: 'running', 'c-count': 3, 'd-count': 8, 'x-limit': 301.8 },
    },
    true,
  ],
];

const OR = {
  detail: {
    $or: [
      { 'c-count': [{ numeric: ['>', 0, '<=', 5] }] },
      { 'd-count': [{ numeric: ['<', 10] }] },
      { 'x-limit': [{ numeric: ['=', 3.018e2] }] },
    ],
  },
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or */
const DOCUMENTED_OR: readonly Case[] = [
  ['complex-example-or', OR, detail({ 'c-count': 9, 'd-count': 3 }), true],
  ['complex-example-or', OR, detail({ 'c-count': 9, 'd-count': 30, 'x-limit': 301 }), false],
  [
    'complex-example-or',
    { source: ['a'], $or: [{ detail: { x: [1] } }, { detail: { y: [2] } }] },
    { source: 'b', detail: { x: 1 } },
    false,
  ],
  // An object with an operator makes it a field of that name.
  ['complex-example-or', { $or: [{ prefix: 'a' }, 'b'] }, { $or: 'about' }, true],
];

/** https://github.com/aws/event-ruler#and-and-or-relationship-among-fields-with-event-ruler, "array consistency" */
const BAND = {
  members: [
    { given: ['Joe', 'Allen'], surname: 'Walsh' },
    { given: ['Don'], surname: 'Henley' },
  ],
};
const IN_ONE_ELEMENT: readonly Case[] = [
  ['array consistency', { members: { given: ['Don'], surname: ['Henley'] } }, BAND, true],
  ['array consistency', { members: { given: ['Joe'], surname: ['Henley'] } }, BAND, false],
  ['array consistency', { members: { given: ['Allen'] } }, BAND, true],
];

test.each([
  ...DOCUMENTED,
  ...DOCUMENTED_OR,
  ...IN_ONE_ELEMENT,
])('%s: %j over %j is %s', (_section, pattern, event, matches) => {
  expect(compileEventPattern(pattern)(event)).toBe(matches);
});

test.each<[string, JsonObject, RegExp]>([
  ['a field that is no list', { source: 'aws.ec2' }, /"source" must be an object or an array/],
  ['an empty list', { source: [] }, /"source": Empty arrays are not allowed/],
  ['an empty pattern', {}, /Empty objects are not allowed/],
  ['an empty object', { detail: {} }, /Empty objects are not allowed/],
  ['a list within a list', field(['a']), /a list must not be in a list/],
  ['an operator that there is none of', field({ like: 'a' }), /unrecognized match type like/],
  ['two operators in one object', field({ prefix: 'a', suffix: 'b' }), /only one operator/],
  ['a prefix of a number', field({ prefix: 1 }), /prefix must be a string, got 1/],
  ['exists of a text', field({ exists: 'yes' }), /exists must be true or false/],
  ['a comparison of a text', field({ numeric: ['>', '5'] }), /numeric must be one or two comparisons/],
  ['an unknown comparison', field({ numeric: ['!=', 5] }), /numeric must be one or two comparisons/],
  [
    'a comparison that objects inherit',
    field({ numeric: ['valueOf', 5] }),
    /numeric must be one or two comparisons/,
  ],
  ['a number beyond 5e9', field({ numeric: ['<', 5_000_000_001] }), /numbers up to 5e9/],
  ['an address without bits', field({ cidr: '10.0.0.0' }), /cidr must be an address/],
  ['too many bits', field({ cidr: '10.0.0.0/33' }), /cidr must be an address/],
  ['two asterisks in a row', field({ wildcard: 'a**b' }), /without two \* in a row/],
  ['an escape of another character', field({ wildcard: 'a\\b' }), /without a \\ before another/],
  ['anything but a mix of types', field({ 'anything-but': ['a', 1] }), /texts or numbers, not both/],
  ['anything but nothing', field({ 'anything-but': [] }), /anything-but must be/],
  ['anything but a comparison', field({ 'anything-but': { numeric: ['>', 1] } }), /one of prefix, suffix/],
  [
    'too many combinations of $or',
    Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`f${index}`, { $or: [{ a: [1] }, { b: [2] }] }]),
    ),
    /more than 1000 combinations/,
  ],
])('a pattern with %s is none', (_, pattern, message) => {
  expect(() => compileEventPattern(pattern)).toThrow(message);
  expect(() => compileEventPattern(pattern)).toThrow(
    expect.objectContaining({ name: 'InvalidEventPatternException' }),
  );
});
