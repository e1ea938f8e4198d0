import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** File contents by path; what is no text is written as JSON. */
export type Files = Readonly<Record<string, unknown>>;

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** A project without the template of `cdk init`. */
export function projectFiles(options: {
  readonly extension: string;
  readonly type: 'commonjs' | 'module';
  readonly cdk: { readonly app: string; readonly build?: string };
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}): Files {
  const { extension, type, cdk, compilerOptions } = options;
  return {
    'package.json': { private: true, type },
    'cdk.json': cdk,
    'tsconfig.json': {
      compilerOptions: {
        target: 'es2022',
        strict: true,
        skipLibCheck: true,
        types: ['node'],
        rootDir: '.',
        ...compilerOptions,
      },
      include: ['bin', 'src', 'test'],
    },
    'bin/app.ts': `import { App } from 'aws-cdk-lib';
import { ShopStack } from '../src/stack${extension}';

new ShopStack(new App(), 'Shop');
`,
  };
}
