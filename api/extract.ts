/**
 * What the package exports, an entry point a page: `api/<entry>.api.md`. The diff of a page is the review of a change
 * to the public API. `npm run build` fails when a page is not current; `npm run api` writes it anew.
 */
import { resolve } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const ENTRY_POINTS = { constructs: 'lib', tasks: 'client', lambda: 'lambda', testing: 'testing' };
const REPOSITORY = resolve(import.meta.dirname, '..');
const update = process.argv.includes('--update');

const stale = Object.entries(ENTRY_POINTS)
  .filter(([name, folder]) => !isCurrent(name, `dist/${folder}/index.d.mts`))
  .map(([name]) => `api/${name}.api.md`);
if (stale.length > 0) {
  console.error(`${stale.join(', ')}: not what dist/ exports; run "npm run api" and review the difference`);
  process.exitCode = 1;
}

function isCurrent(name: string, types: string): boolean {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve(REPOSITORY, 'package.json'),
    configObject: {
      projectFolder: REPOSITORY,
      mainEntryPointFilePath: resolve(REPOSITORY, types),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2024',
            module: 'nodenext',
            strict: true,
            skipLibCheck: true,
            types: ['node'],
          },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: 'api',
        reportTempFolder: 'node_modules/.cache/api',
      },
    },
  });
  return Extractor.invoke(config, {
    localBuild: update,
    messageCallback(message) {
      // Which page is stale is said once, at the end.
      if (message.logLevel !== ExtractorLogLevel.Error) message.handled = true;
    },
  }).succeeded;
}
