import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { adviceOnMissing } from './runtime-packages.ts';

export type Handler = (event: unknown, context: unknown, callback?: Callback) => unknown;
export type Callback = (error?: unknown, result?: unknown) => void;

/** An error that the Lambda runtime reports under a name of its own, such as `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(name: string, message: string, stack?: string) {
    super(message);
    this.name = name;
    if (stack) this.stack = stack;
  }
}

/**
 * Loads `index.handler` (also `folder/index.handler`, `index.nested.handler`) from the task root, with the errors of
 * AWS's runtime interface client (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client).
 */
export async function loadHandler(
  taskRoot: string,
  handlerSpec: string,
  callbacks: boolean,
): Promise<Handler> {
  const [, moduleName, exportPath] = /^([^.]*)\.(.*)$/.exec(path.basename(handlerSpec)) ?? [];
  if (!moduleName || !exportPath || handlerSpec.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `'${handlerSpec}' is not a valid handler name.`);
  }
  const module = await importModule(path.resolve(taskRoot, path.dirname(handlerSpec), moduleName));
  // What CommonJS assigns in a way that Node cannot see statically is on `default` alone.
  const handler = lookUp(module, exportPath) ?? lookUp(lookUp(module, 'default'), exportPath);
  if (handler === undefined || handler === null) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerSpec} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerSpec} is not a function`);
  }
  if (handler.length >= 3 && !callbacks) {
    throw new RuntimeError('Runtime.CallbackHandlerDeprecated', CALLBACK_REMOVED);
  }
  return handler as Handler;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html#nodejs-handler-callback */
const CALLBACK_REMOVED =
  'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
  'Make the handler async, with two parameters at most.';

async function importModule(pathWithoutExtension: string): Promise<unknown> {
  const file = ['.js', '.mjs', '.cjs'].map(extension => pathWithoutExtension + extension).find(existsSync);
  if (!file) {
    const moduleName = path.basename(pathWithoutExtension);
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  }
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), error.stack);
    }
    if (error instanceof Error && 'code' in error && MODULE_MISSING.has(error.code)) {
      const advice = adviceOnMissing(error.message);
      const message = advice === undefined ? String(error) : `${error}\n${advice}`;
      throw new RuntimeError('Runtime.ImportModuleError', message, error.stack);
    }
    throw error;
  }
}

/** What `require` and `import` say. */
const MODULE_MISSING = new Set<unknown>(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);

function lookUp(from: unknown, keys: string): unknown {
  return keys.split('.').reduce<unknown>((value, key) => {
    const holds = (typeof value === 'object' && value !== null) || typeof value === 'function';
    return holds ? Reflect.get(value, key) : undefined;
  }, from);
}
