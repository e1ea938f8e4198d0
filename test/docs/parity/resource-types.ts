import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { types } from '../../../local/resources/registry.ts';
import { typesWithoutEffect } from '../../../local/resources/without-effect.ts';

export interface TypeRow {
  readonly type: string;
  readonly actedOn: readonly string[];
  readonly withoutEffect: readonly string[];
  /** What CloudFormation has besides: it stops the start. */
  readonly refused: readonly string[];
  /** What the engine lists and CloudFormation does not have. */
  readonly unheardOf: readonly string[];
}

export function typeRows(): TypeRow[] {
  const sorted = Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([type, { properties, withoutEffect }]) => {
    const known = [...properties, ...withoutEffect];
    // CloudFormation has no list for a custom resource.
    const all = type.startsWith('Custom::') ? known : propertiesOf(type);
    return {
      type,
      actedOn: [...properties].sort(),
      withoutEffect: [...withoutEffect].sort(),
      refused: all.filter(property => !known.includes(property)).sort(),
      unheardOf: known.filter(property => !all.includes(property)),
    };
  });
}

/** Types without effect, by the reason. */
export function inertTypes(): [because: string, types: string[]][] {
  const byReason = Map.groupBy(Object.entries(typesWithoutEffect), ([, { because }]) => because);
  return [...byReason].map(([because, entries]) => [because, entries.map(([type]) => type)]);
}

const aws = path.dirname(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json'));

/** CloudFormation's own list, as aws-cdk-lib has it in the function that writes the resource's properties. */
function propertiesOf(type: string): string[] {
  const [, service = '', name = ''] = type.split('::');
  const module = service.toLowerCase();
  const source = readFileSync(path.join(aws, `aws-${module}/lib/${module}.generated.js`), 'utf8');
  const start = source.indexOf(`function convertCfn${name}PropsToCloudFormation(`);
  const written = source.slice(start, source.indexOf('function ', start + 1));
  const properties = [...written.matchAll(/[{,]([A-Z]\w*):/g)].map(([, property = '']) => property);
  if (start < 0 || properties.length === 0) throw new Error(`aws-cdk-lib has no properties of ${type}`);
  return properties;
}
