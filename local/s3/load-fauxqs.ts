import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';
import { constants, runInThisContext } from 'node:vm';

type Fauxqs = typeof import('fauxqs');

/**
 * fauxqs is there for `import` alone. Jest has no ES modules in the contexts that it runs tests in, unless Node is
 * given a flag; there it is imported outside of them.
 */
export async function loadFauxqs(): Promise<Fauxqs> {
  try {
    return await import('fauxqs');
  } catch (error) {
    // Node's errors are no instances of the `Error` in Jest's contexts.
    if (!(isNativeError(error) && 'code' in error && error.code === NO_MODULES_IN_CONTEXT)) throw error;
    return importInMainContext('fauxqs');
  }
}

const NO_MODULES_IN_CONTEXT = 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG';

function importInMainContext(specifier: string): Promise<Fauxqs> {
  return runInThisContext('specifier => import(specifier)', {
    filename: fileURLToPath(import.meta.url),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })(specifier);
}
