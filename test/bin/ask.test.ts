import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ask } from '../../bin/commands/ask.ts';
import { confirm } from '../../bin/commands/confirm.ts';

/** Puts streams in the place of the process's own, which are a terminal or not. */
function terminal({ stdin = true, stdout = true } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY: stdin });
  const output = Object.assign(new PassThrough(), { isTTY: stdout });
  const spies = [
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(input as never),
    ...(['stdout', 'stderr'] as const).map(name =>
      vi.spyOn(process, name, 'get').mockReturnValue(output as never),
    ),
  ];
  const restore = () => {
    for (const spy of spies) spy.mockRestore();
  };
  onTestFinished(restore);
  return {
    input,
    /** What was written, once nothing more is. */
    shown() {
      restore();
      output.end();
      return text(output);
    },
  };
}

const never = new AbortController().signal;

describe('the question before changed stacks are taken over', () => {
  test.each([
    ['y', true],
    ['Y', true],
    ['yes', true],
    [' yes ', true],
    ['n', false],
    ['no', false],
    ['', false],
    ['yep', false],
    ['not yes', false],
  ])('takes %j for %s', async (answer, yes) => {
    const { input, shown } = terminal();
    const asked = ask('Stop?', never);
    input.write(`${answer}\n`);
    expect(await asked).toBe(yes);
    expect(await shown()).toContain('Stop? [y/N] ');
  });

  test.each([
    ['input', { stdin: false }],
    ['output', { stdout: false }],
  ])('is not asked, and is a no, where the %s is no terminal', async (_what, streams) => {
    const { input, shown } = terminal(streams);
    input.write('y\n');
    expect(await ask('Stop?', never)).toBe(false);
    expect(await shown()).toBe('');
  });

  test('is a no when the terminal is closed before the answer', async () => {
    const { input } = terminal();
    const asked = ask('Stop?', never);
    input.end();
    expect(await asked).toBe(false);
  });

  test('is a no when the app changes again before the answer, and its terminal is free again', async () => {
    const { input } = terminal();
    const again = new AbortController();
    const asked = ask('Stop?', again.signal);
    again.abort();
    expect(await asked).toBe(false);
    const next = ask('Stop now?', never);
    input.write('y\n');
    expect(await next).toBe(true);
  });

  test('is not asked when the app has changed again already', async () => {
    const { shown } = terminal();
    expect(await ask('Stop?', AbortSignal.abort())).toBe(false);
    expect(await shown()).toBe('');
  });

  test('lets Ctrl-C through to the process', async () => {
    const { input } = terminal();
    const again = new AbortController();
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    onTestFinished(() => kill.mockRestore());
    const asked = ask('Stop?', again.signal);
    input.write('\u0003');
    await vi.waitFor(() => expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGINT'));
    again.abort();
    expect(await asked).toBe(false);
  });
});

describe('the question before runs are changed', () => {
  test('goes on after yes, or when that was said in advance', async () => {
    const { input, shown } = terminal();
    await confirm('This discards 2 runs.', true);
    const asked = confirm('This discards 2 runs.', undefined);
    input.write('y\n');
    await asked;
    expect((await shown()).match(/This discards 2 runs\. Go on\? \[y\/N\] /g)).toHaveLength(1);
  });

  test.each([
    ['no', 'n\n'],
    ['nothing', '\n'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('changes nothing after %s', async (_what, typed) => {
    const { input } = terminal();
    const asked = confirm('This discards 2 runs.', undefined);
    input.write(typed);
    await expect(asked).rejects.toThrow('nothing was changed');
  });

  test('changes nothing when the terminal is closed before the answer', async () => {
    const { input } = terminal();
    const asked = confirm('This discards 2 runs.', undefined);
    input.end();
    await expect(asked).rejects.toThrow('nothing was changed');
  });
});
