import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileSnippets, type Page } from './compile-snippets.ts';

/** Modules of the reader's own that pages import. */
const STUBS = {
  'src/mailer.ts': `
    export declare const mailer: {
      send(to: string, options: { idempotencyKey: string }): Promise<{ messageId: string }>;
    };`,
  // What Jest's types declare, as far as pages use it.
  'test/jest.d.ts': `
    declare function beforeAll(run: () => unknown, timeoutMs?: number): void;
    declare function afterAll(run: () => unknown): void;
    declare function test(name: string, run: () => unknown): void;
    declare function expect(value: unknown): { toBe(other: unknown): void };`,
  'src/users.ts': `
    export declare const users: {
      list(page: { tenantId: string; after: string | undefined; limit: number }): Promise<{ id: string }[]>;
    };`,
};

const WRONG: Page = {
  path: 'wrong.md',
  text: `
\`\`\`ts
// src/tasks.ts
import { defineTask } from 'cdk-background-jobs/tasks';
import * as z from 'zod';

export const greet = defineTask({ name: 'greet', payload: z.object({ name: z.string() }) });
\`\`\`

1. In a list:

   \`\`\`ts
   import { sendTask } from 'cdk-background-jobs/tasks';
   import { greet } from './tasks.ts';

   await sendTask(greet, { name: 1 });
   \`\`\`

\`\`\`ts
export const unfinished = ;
\`\`\`

\`\`\`ts
// src/tasks.ts
import { missing } from 'cdk-background-jobs';
\`\`\`
`,
};

const pages = ['README.md', ...globSync('docs/**/*.md')].map(path => ({
  path,
  text: readFileSync(path, 'utf8'),
}));
// One program for all: it is the libraries' types that take the time.
const problems = compileSnippets([...pages, WRONG], STUBS);
const problemsOf = ({ path }: Page) => problems.filter(problem => problem.startsWith(`${path}:`));

test.each(pages)('every ts block of $path compiles', page => {
  expect(problemsOf(page)).toEqual([]);
});

test('fails for blocks that do not compile, naming page and line', () => {
  expect(problemsOf(WRONG)).toEqual([
    'wrong.md:24: the page has two blocks src/tasks.ts',
    "wrong.md:16: Type 'number' is not assignable to type 'string'.",
    'wrong.md:20: Expression expected.',
  ]);
});
