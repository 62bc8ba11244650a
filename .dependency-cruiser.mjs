/**
 * Who may import whom: the table of `Layout` in the design as rules.
 * `test/house/import-rules.test.ts` plants a violation of each, because a checker that inspects nothing also finds nothing.
 */
const stages = ['delivery', 'streaming', 'forecasts', 'incidents', 'care'];
const belowStages = ['values', 'happenings', 'formats', 'topics', 'policy', 'detection', 'engine'];

const inFolders = (...folders) => `^src/(${folders.join('|')})/`;

/** A folder (or file) of `src` imports itself and what is listed, and nothing else of ours. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [from, ...allowed] },
});

const layers = [
  only('values-stand-alone', inFolders('values'), [], 'Values import nothing of ours.'),
  only('happenings-see-values', inFolders('happenings'), [inFolders('values')], 'Happenings import values only.'),
  only(
    'formats-see-happenings',
    inFolders('formats'),
    [inFolders('values', 'happenings')],
    'Formats turn bytes into values and know no topic.',
  ),
  only('topics-see-formats', inFolders('topics'), [inFolders('values', 'happenings', 'formats')], 'A topic is a schema and a format.'),
  only(
    'policy-sees-topics',
    inFolders('policy'),
    [inFolders('values', 'happenings', 'formats', 'topics')],
    'The policy file knows topics, no stage and no engine.',
  ),
  only(
    'engine-knows-no-domain',
    inFolders('engine'),
    [inFolders('values', 'happenings', 'formats')],
    'The engine knows no topic, policy, stage or log client.',
  ),
  only(
    'detection-sees-engine',
    inFolders('detection'),
    [inFolders('values', 'happenings', 'formats', 'topics', 'engine')],
    'What the detecting stages share knows none of them.',
  ),
  only(
    'log-sees-the-port',
    '^src/log/(memory|kafka|shared)/',
    ['^src/engine/log\\.ts$', '^src/log/shared/', inFolders('values', 'happenings')],
    'A log stands behind the port: it sees src/engine/log.ts, values and happenings.',
  ),
  only(
    'world-is-outside',
    inFolders('world'),
    [inFolders('values', 'formats', 'topics')],
    'The world sees what any producer or consumer outside sees: topics and values.',
  ),
  only(
    'audit-reads-decisions',
    inFolders('audit'),
    [inFolders('values', 'happenings', 'formats', 'topics', 'policy')],
    'The audit finds decisions and evidence on topics.',
  ),
  only(
    'config-reads-the-environment',
    '^src/config\\.ts$',
    [inFolders('values', 'happenings')],
    'The configuration is read before anything else exists.',
  ),
  only(
    'pipeline-joins-stages',
    '^src/pipeline\\.ts$',
    [inFolders(...belowStages, ...stages)],
    'The pipeline joins stages; logs and verbs are chosen above it.',
  ),
  only(
    'main-only-dispatches',
    '^src/main\\.ts$',
    [inFolders('cli', 'values', 'happenings'), '^src/config\\.ts$'],
    'main.ts dispatches to a verb, nothing more.',
  ),
];

const peers = [
  only(
    'stages-see-what-is-below',
    inFolders(...stages),
    [inFolders(...belowStages)],
    'A stage imports no log, no pipeline and nothing above.',
  ),
  {
    name: 'no-stage-imports-another',
    comment: 'What a later stage learns reaches another stage only as a record on a topic.',
    severity: 'error',
    from: { path: `^src/(${stages.join('|')})/` },
    to: { path: inFolders(...stages), pathNot: '^src/$1/' },
  },
  {
    name: 'no-log-imports-the-other',
    comment: 'The two logs share the port and what stands in log/shared.',
    severity: 'error',
    from: { path: '^src/log/([^/]+)/' },
    to: { path: '^src/log/', pathNot: ['^src/log/$1/', '^src/log/shared/'] },
  },
  {
    name: 'console-and-lab-apart',
    comment: 'The console, the lab and the verbs stand side by side; only a verb starts the others.',
    severity: 'error',
    from: { path: '^src/(console|lab)/' },
    to: { path: inFolders('console', 'lab'), pathNot: '^src/$1/' },
  },
  {
    name: 'cli-is-the-top',
    comment: 'Verbs are imported by main.ts alone.',
    severity: 'error',
    from: { path: '^(src|bench|schemas)/', pathNot: ['^src/cli/', '^src/main\\.ts$'] },
    to: { path: '^src/cli/' },
  },
  {
    name: 'nobody-imports-main',
    comment: 'main.ts runs when it is loaded.',
    severity: 'error',
    from: {},
    to: { path: '^src/main\\.ts$' },
  },
  {
    name: 'kafkajs-in-one-folder',
    comment: 'Only src/log/kafka knows the client. Tests may, as an oracle.',
    severity: 'error',
    from: { path: '^(src|bench|schemas)/', pathNot: '^src/log/kafka/' },
    to: { path: '(^|/)node_modules/kafkajs/' },
  },
];

const everywhere = [
  {
    name: 'src-stands-without-tests',
    comment: 'What ships never imports what tests or measures it.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(test|bench|schemas|examples)/' },
  },
  {
    name: 'no-dev-dependency-in-src',
    comment: 'What ships imports only what is installed with it.',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
  },
  {
    name: 'no-circle',
    comment: 'A circle of imports is one module in several files.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolved',
    comment: 'An import that can not be resolved is checked by no other rule.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-orphan',
    comment: 'A file that nobody imports and that imports nothing goes.',
    severity: 'error',
    from: { orphan: true, path: '^src/', pathNot: '^src/main\\.ts$' },
    to: {},
  },
];

export default {
  forbidden: [...layers, ...peers, ...everywhere],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
