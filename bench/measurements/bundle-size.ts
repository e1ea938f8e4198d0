import { statSync } from 'node:fs';
import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure, tracked } from '../harness/figure.ts';

export async function bundleSize({ assembly }: Bench): Promise<readonly Figure[]> {
  const kB = (bundle: string) => statSync(bundle).size / 1024;
  const ours = kB(assembly.bundleOf('Lean'));
  const powertools = kB(assembly.wholeBundleOf('Powertools'));
  const bare = kB(assembly.wholeBundleOf('BareClients'));
  const asOurs = kB(assembly.bundleOf('Powertools'));
  return [
    atMost(1.1, {
      name: 'consumer-bundle-ratio',
      value: ours / powertools,
      unit: 'ratio',
      how:
        `bytes of index.js: ${ours.toFixed()} KB as TaskQueue bundles it, against ${powertools.toFixed()} KB of plain ` +
        'Powertools batch + idempotency with the SQS client as NodejsFunction bundles it, minified and whole; the bare ' +
        `clients have ${bare.toFixed()} KB`,
    }),
    tracked({
      name: 'consumer-bundle-own-code-ratio',
      value: ours / asOurs,
      unit: 'ratio',
      how: `the same where TaskQueue bundles both, and leaves out of both what Lambda does not need (${asOurs.toFixed()} KB)`,
    }),
  ];
}
