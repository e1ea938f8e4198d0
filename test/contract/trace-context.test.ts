import { expect, it } from 'vitest';
import { decodeMessage } from '../../contract/envelope.ts';
import { isTraceparent, traceparentOfXRay } from '../../contract/trace-context.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

it('knows a trace context', () => {
  expect(isTraceparent(TRACEPARENT)).toBe(true);
});

it.each([
  '',
  7,
  TRACEPARENT.toUpperCase(),
  `${TRACEPARENT}-x`,
  TRACEPARENT.replace(/^00/, 'ff'),
  TRACEPARENT.replace(/4bf9\w+/, '0'.repeat(32)),
  TRACEPARENT.replace(/00f0\w+/, '0'.repeat(16)),
])('knows none in %j', value => {
  expect(isTraceparent(value)).toBe(false);
});

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';

it.each([
  [`${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`, '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01'],
  [`Self=1-x; ${ROOT}; Parent=53995C3F42CD8AD8`, '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00'],
  [ROOT, undefined],
  ['nonsense', undefined],
])('reads the trace header %j', (header, traceparent) => {
  expect(traceparentOfXRay(header)).toBe(traceparent);
});

it.each([
  ['ours', { v: 1, runId: 'r', epoch: 0, depth: 0 }],
  ["a stranger's", {}],
])('comes with a message, %s, that is run without one that is none', (_, fields) => {
  const decode = (traceparent: unknown) =>
    decodeMessage(JSON.stringify({ ...fields, task: 'greet', payload: {}, traceparent }), 'm');

  expect(decode(TRACEPARENT).envelope.traceparent).toBe(TRACEPARENT);
  expect(decode('nonsense')).not.toHaveProperty('malformed');
  expect(decode('nonsense').envelope).not.toHaveProperty('traceparent');
});
