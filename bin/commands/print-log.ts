import { styleText } from 'node:util';
import type { Engine } from '../../local/engine.ts';
import type { FunctionLogLine } from '../../local/lambda/lambda-service.ts';

export interface LogPrinter {
  readonly print: (line: FunctionLogLine) => void;
  /** From here on lines start with the function's construct path instead of its generated name. */
  nameFunctions(functions: Engine['functions']): void;
}

/** Prints what functions write, each line behind its function; coloured where the stream is a terminal. */
export function createLogPrinter(stream: NodeJS.WriteStream): LogPrinter {
  const names = new Map<string, string>();
  return {
    print({ functionName, text }) {
      const label = styleText('cyan', `[${names.get(functionName) ?? functionName}]`, { stream });
      stream.write(`${label} ${text}\n`);
    },
    nameFunctions(functions) {
      for (const { name, constructPath } of functions) names.set(name, constructPath);
    },
  };
}
