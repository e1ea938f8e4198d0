import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

export interface Page {
  /** Path in the repository. */
  readonly path: string;
  readonly text: string;
}

/** TypeScript sources by absolute path; none of them is on disk. */
type Sources = Map<string, { readonly origin: string; readonly line: number; readonly text: string }>;

/**
 * Compiles every `ts` block of the pages under the repository's own settings.
 *
 * The blocks of a page that begin with `// <path>` are the files of one project, which import each other by relative
 * paths; any other block is a file of its own in that project's `src`.
 *
 * @param stubs modules that are the reader's own, by path; a page's block of that path comes first
 * @returns what is wrong, as `README.md:12: …`; a block's line is counted in its page
 */
export function compileSnippets(pages: readonly Page[], stubs: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  const sources: Sources = new Map();
  for (const page of pages) {
    // Beside the package's own folders, so that its tsconfig and its node_modules apply.
    const project = resolve(`snippets of ${page.path}`);
    for (const { path, line, text } of blocksOf(page)) {
      const file = join(project, path ?? `src/line-${line}.ts`);
      if (sources.has(file)) problems.push(`${page.path}:${line}: the page has two blocks ${path}`);
      else sources.set(file, { origin: page.path, line, text });
    }
    for (const [path, text] of Object.entries(stubs)) {
      const file = join(project, path);
      if (!sources.has(file)) sources.set(file, { origin: `${page.path}: stub ${path}`, line: 1, text });
    }
  }
  return [...problems, ...compile(sources).map(diagnostic => describe(diagnostic, sources))];
}

interface Block {
  /** From its first line's comment. */
  readonly path: string | undefined;
  /** Of its first line in the page. */
  readonly line: number;
  readonly text: string;
}

function blocksOf({ text }: Page): Block[] {
  return [...text.matchAll(/^( *)```(?:ts|typescript)\b.*\n([\s\S]*?)^\1```$/gm)].map(
    ({ index, 1: indent = '', 2: code = '' }) => ({
      path: /^ *\/\/ (\S+\.ts)\n/.exec(code)?.[1],
      line: text.slice(0, index).split('\n').length + 1,
      text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

function compile(sources: Sources): readonly ts.Diagnostic[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.check.json', ts.sys.readFile).config,
    ts.sys,
    process.cwd(),
  );
  const host = ts.createCompilerHost(options);
  const folders = new Set([...sources.keys()].flatMap(foldersOf));
  const { fileExists, readFile, directoryExists, getSourceFile } = host;
  host.fileExists = path => sources.has(path) || fileExists(path);
  host.readFile = path => sources.get(path)?.text ?? readFile(path);
  host.directoryExists = path => folders.has(path) || directoryExists?.(path) === true;
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const source = sources.get(path);
    return source
      ? ts.createSourceFile(path, source.text, languageVersion)
      : getSourceFile(path, languageVersion, ...rest);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].flatMap(path => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
}

function foldersOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...foldersOf(parent)];
}

function describe({ file, start = 0, messageText }: ts.Diagnostic, sources: Sources): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  const source = file && sources.get(file.fileName);
  if (!source) return message;
  return `${source.origin}:${source.line + file.getLineAndCharacterOfPosition(start).line}: ${message}`;
}
