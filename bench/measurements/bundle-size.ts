import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure } from '../harness/figure.ts';

export async function bundleSize({ assembly }: Bench): Promise<readonly Figure[]> {
  const [ours, powertools, bare] = ['Lean', 'Powertools', 'BareClients'].map(
    queue => assembly.bundleBytes(queue) / 1024,
  ) as [number, number, number];
  return [
    atMost(1.1, {
      name: 'consumer-bundle-ratio',
      value: ours / powertools,
      unit: 'ratio',
      how:
        `bytes of index.js as TaskQueue bundles it: ${ours.toFixed()} KB against ${powertools.toFixed()} KB of plain ` +
        `Powertools batch + idempotency with the SQS client; the bare clients have ${bare.toFixed()} KB`,
    }),
  ];
}
