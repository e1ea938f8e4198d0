import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * What Lambda's Node.js runtimes bring along, so that functions may leave it out of their bundles.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
 */
const SCOPES = ['@aws-sdk', '@smithy'];

/**
 * Makes the AWS SDK of this machine visible to the code below a folder: the project's own clients, which it has types
 * of, then those that this package depends on. Nothing else of the project is visible: what a bundle lacks but for
 * the SDK is missing in AWS, too.
 *
 * @param codeDirectory lies in the project, as `cdk.out` mostly does
 */
export function linkRuntimePackages(folder: string, codeDirectory: string): void {
  for (const scope of SCOPES) {
    const target = path.join(folder, 'node_modules', scope);
    mkdirSync(target, { recursive: true });
    const linked = new Set(readdirSync(target));
    for (const source of modulesFolders(codeDirectory).map(modules => path.join(modules, scope))) {
      for (const name of namesIn(source).filter(name => !linked.has(name))) {
        symlinkSync(path.join(source, name), path.join(target, name), 'junction');
        linked.add(name);
      }
    }
  }
}

/** What to do about a module that is not there; undefined where it is no part of the runtime. */
export function adviceOnMissing(message: string): string | undefined {
  const [, name] = /'(@(?:aws-sdk|smithy)\/[^'/]+)/.exec(message) ?? [];
  if (name === undefined) return undefined;
  return (
    `Lambda's Node.js runtime has ${name}, this project has not: run "npm install --save-dev ${name}" to run the ` +
    'function locally, or bundle the AWS SDK (bundling: { bundleAwsSDK: true })'
  );
}

/** Every `node_modules` that Node would look into from there, in its order. */
function modulesFolders(codeDirectory: string): string[] {
  const places = [
    path.join(codeDirectory, 'index.js'),
    path.join(process.cwd(), 'index.js'),
    import.meta.url,
  ];
  return places.flatMap(place => createRequire(place).resolve.paths('@aws-sdk/client') ?? []);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
