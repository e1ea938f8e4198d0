/** The layers of docs/architecture.md: imports go one way. `npm run check` enforces it. */
const mayImport = (folder, allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `${folder}/ may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing of ours'}`,
  from: { path: `^${folder}/` },
  to: {
    path: '^(contract|client|lambda|lib|local|testing|bin|test|examples|bench)/',
    pathNot: `^(${[`${folder}/`, ...allowed].join('|')})`,
  },
});

export default {
  forbidden: [
    mayImport('contract', []),
    mayImport('client', ['contract/']),
    mayImport('lambda', ['contract/', 'client/']),
    mayImport('lib', ['contract/']),
    mayImport('local', ['contract/limits.ts', 'contract/schedule/']),
    mayImport('testing', ['contract/', 'client/', 'local/']),
    {
      name: 'nobody-imports-bin',
      severity: 'error',
      from: { pathNot: '^bin/' },
      to: { path: '^bin/' },
    },
    {
      name: 'examples-use-published-entry-points',
      severity: 'error',
      from: { path: '^(examples|bench)/' },
      to: { path: '^(contract|client|lambda|lib|local|testing|bin|test)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'handlers-stay-small',
      comment: 'What is bundled into a function must not bring constructs or the engine along',
      severity: 'error',
      from: { path: '^(contract|client|lambda)/' },
      to: { path: 'node_modules/(aws-cdk-lib|constructs|dynalite|fauxqs|esbuild)/', reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|cdk\\.out)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
