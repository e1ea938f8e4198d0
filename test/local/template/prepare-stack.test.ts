// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of Fn::Sub
import { expect, test } from 'vitest';
import { prepareStack } from '../../../local/template/prepare-stack.ts';
import { parseTemplate } from '../../../local/template/template.ts';

function prepare(template: Record<string, unknown>, parameters: Record<string, string> = {}) {
  const identity = { stackName: 'Shop', region: 'eu-west-1', accountId: '111122223333' };
  return prepareStack(parseTemplate(template), identity, parameters);
}
const queue = (properties: object = {}, rest: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: properties,
  ...rest,
});
const created = (template: Record<string, unknown>, parameters?: Record<string, string>) => [
  ...prepare(template, parameters).resources.keys(),
];

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
test('orders resources by what they refer to, in any notation, and by DependsOn', () => {
  const order = created({
    Resources: {
      E: queue({}, { DependsOn: 'D' }),
      D: queue({ A: { 'Fn::Sub': ['${C.Arn}${X}', { X: { Ref: 'B' } }] } }, { DependsOn: ['B'] }),
      C: queue({ A: [{ 'Fn::GetAtt': 'B.Arn' }] }),
      B: queue({ A: { 'Fn::GetAtt': ['A', 'Arn'] } }),
      A: queue({ Region: { Ref: 'AWS::Region' } }),
    },
  });
  expect(order).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('fails for a circle of resources, naming its members in order', () => {
  const resources = {
    A: queue({ X: { Ref: 'B' } }),
    B: queue({ X: { Ref: 'C' } }),
    C: queue({ X: { Ref: 'B' } }),
  };
  expect(() => prepare({ Resources: resources })).toThrow('refer to each other in a circle: B → C → B');
});

test('fails for a DependsOn that names no resource', () => {
  expect(() => prepare({ Resources: { A: queue({}, { DependsOn: 'Nope' }) } })).toThrow(
    'Resources.A.DependsOn: this stack has no resource Nope',
  );
});

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
test('leaves out resources and outputs whose condition does not hold, and references in unused branches', () => {
  const template = {
    Parameters: { Stage: { Type: 'String', Default: 'dev' } },
    Mappings: { Stages: { dev: { big: 'no' }, prod: { big: 'yes' } } },
    Conditions: {
      IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
      IsBig: { 'Fn::Equals': [{ 'Fn::FindInMap': ['Stages', { Ref: 'Stage' }, 'big'] }, 'yes'] },
      Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsBig' }] },
      Either: {
        'Fn::Or': [{ Condition: 'Both' }, { 'Fn::Not': [{ 'Fn::Contains': [['dev'], { Ref: 'Stage' }] }] }],
      },
    },
    Resources: {
      Main: queue({ Other: { 'Fn::If': ['Both', { Ref: 'Extra' }, { Ref: 'AWS::NoValue' }] } }),
      Extra: queue({}, { Condition: 'Either' }),
    },
    Outputs: { Extra: { Value: { Ref: 'Extra' }, Condition: 'Either' } },
  };
  expect(created(template)).toEqual(['Main']);
  expect(prepare(template).resources.get('Main')?.properties).toEqual({});
  expect(prepare(template).outputs.size).toBe(0);
  expect(created(template, { Stage: 'prod' })).toEqual(['Extra', 'Main']);
  expect(prepare(template, { Stage: 'prod' }).outputs.has('Extra')).toBe(true);
});

test('fails for a condition that depends on itself', () => {
  const conditions = { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } };
  expect(() => prepare({ Conditions: conditions, Resources: { Q: queue({}, { Condition: 'A' }) } })).toThrow(
    'Conditions.A depends on itself',
  );
});

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
test('fails for a parameter without a value, naming it and how to give one', () => {
  const template = { Parameters: { Domain: { Type: 'String' } }, Resources: {} };
  expect(() => prepare(template)).toThrow(
    'Parameters.Domain has no default; give it a value: --parameter Domain=',
  );
  expect(prepare(template, { Domain: 'a.org' }).parameter('Domain')).toBe('a.org');
});

test('splits the value of a list parameter', () => {
  const template = { Parameters: { Ids: { Type: 'CommaDelimitedList', Default: 'a, b' } }, Resources: {} };
  expect(prepare(template).parameter('Ids')).toEqual(['a', 'b']);
});

test('accepts an SSM parameter that nothing refers to, and fails once something does', () => {
  const stack = prepare({
    Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk/version' } },
    Rules: { CheckBootstrapVersion: {} },
    Resources: {},
  });
  expect(() => stack.parameter('BootstrapVersion')).toThrow(
    'Parameters.BootstrapVersion is the SSM parameter /cdk/version, which only exists in AWS',
  );
});

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
test('knows the pseudo parameters', () => {
  const { parameter } = prepare({ Resources: {} });
  expect(parameter('AWS::StackName')).toBe('Shop');
  expect(parameter('AWS::Region')).toBe('eu-west-1');
  expect(parameter('AWS::AccountId')).toBe('111122223333');
  expect(parameter('AWS::Partition')).toBe('aws');
  expect(parameter('AWS::URLSuffix')).toBe('amazonaws.com');
  expect(parameter('AWS::NotificationARNs')).toEqual([]);
  expect(parameter('AWS::StackId')).toMatch(/^arn:aws:cloudformation:eu-west-1:111122223333:stack\/Shop\//);
});

test.each([
  [
    'a macro',
    { Transform: 'AWS::Serverless-2016-10-31' },
    'the transform "AWS::Serverless-2016-10-31" is not supported',
  ],
  ['an unknown section', { Hooks: {} }, 'the template section Hooks is not supported'],
  ['a resource without a type', { Resources: { A: {} } }, 'Resources.A: Type is missing'],
])('fails for %s', (_what, template, message) => {
  expect(() => prepare(template)).toThrow(message);
});
