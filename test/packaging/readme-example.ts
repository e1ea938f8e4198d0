import { readFileSync } from 'node:fs';

/** The reader's own module, which the README only mentions. */
const MAILER = `export const mailer = {
  async send(email: string, { idempotencyKey }: { idempotencyKey: string }) {
    return { messageId: email + idempotencyKey };
  },
};
`;

/**
 * The files of the README's example, by path.
 *
 * @param extension what the project's relative imports end in: `.ts`, `.js`, or nothing
 */
export function readmeExample(readme: string, extension: string): Record<string, string> {
  const blocks = readFileSync(readme, 'utf8').matchAll(/^```ts\n\/\/ (src\/\S+)\n([\s\S]*?)^```$/gm);
  const files = new Map([...blocks].map(([, path = '', code = '']) => [path, code]));
  files.set('src/mailer.ts', MAILER);
  return Object.fromEntries(
    EXAMPLE.map(path => {
      const code = files.get(path);
      if (code === undefined) throw new Error(`${readme} has no block that begins with "// ${path}"`);
      return [path, code.replaceAll(/(from '\.[^']*)\.ts'/g, `$1${extension}'`)];
    }),
  );
}

const EXAMPLE = ['src/tasks.ts', 'src/mailer.ts', 'src/consumer.ts', 'src/api.ts', 'src/stack.ts'];
