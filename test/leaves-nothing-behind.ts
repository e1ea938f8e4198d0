import { beforeAll, expect, vi } from 'vitest';

/** What a file could leave to the next one in its process. */
const stateOfProcess = () => ({
  folder: process.cwd(),
  environment: { ...process.env },
  // CDK deletes its folders at the exit.
  listeners: process
    .eventNames()
    .filter(name => name !== 'exit')
    .map(name => [name, process.listenerCount(name)]),
  // An open server, a process that runs.
  resources: process
    .getActiveResourcesInfo()
    .filter(name => name === 'TCPServerWrap' || name === 'ProcessWrap'),
  replaceable: {
    ...{ Date, fetch, setTimeout, setInterval, setImmediate, random: Math.random },
    ...{ emitWarning: process.emitWarning, stdout: process.stdout.write, stderr: process.stderr.write },
  },
});

beforeAll(() => {
  const before = stateOfProcess();
  // After all of the file's own. A server that is closed is gone some turns of the event loop later.
  return () => vi.waitFor(() => expect(stateOfProcess()).toEqual(before), { interval: 1 });
});
