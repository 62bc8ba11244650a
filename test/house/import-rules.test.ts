import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

const packages = {
  'package.json': JSON.stringify({ type: 'module', dependencies: { kafkajs: '2.2.4' }, devDependencies: { 'only-dev': '1.0.0' } }),
  'node_modules/kafkajs/package.json': '{ "name": "kafkajs", "version": "2.2.4", "main": "index.js" }',
  'node_modules/kafkajs/index.js': 'exports.T = 1;\n',
  'node_modules/only-dev/package.json': '{ "name": "only-dev", "version": "1.0.0", "main": "index.js" }',
  'node_modules/only-dev/index.js': 'exports.T = 1;\n',
};

/** Files as a path and what it imports, relative to the root of the tree. */
type Tree = Readonly<Record<string, readonly string[]>>;

/** Our own files are imported for their types alone (the rules must see those too), packages for their values. */
const sourceOf = (path: string, imports: readonly string[]): string => {
  const up = '../'.repeat(path.split('/').length - 1);
  const lines = imports.map((to, nth) =>
    to.includes('/')
      ? `import type { T as T${nth} } from '${up}${to}';\nexport type U${nth} = T${nth};`
      : `import { T as T${nth} } from '${to}';\nexport const U${nth} = T${nth};`,
  );
  return [...lines, 'export type T = number;', ''].join('\n');
};

/** What the real rules say about a tree laid out like this project's. */
const inspect = async (tree: Tree): Promise<Report> => {
  const folder = await mkdtemp(join(tmpdir(), 'amends-rules-'));
  try {
    const files = [
      ...Object.entries(packages),
      ...Object.entries(tree).map(([path, imports]) => [path, sourceOf(path, imports)] as const),
      ['tsconfig.json', await readFile(join(root, 'tsconfig.json'), 'utf8')] as const,
    ];
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
    const rules = join(root, '.dependency-cruiser.mjs');
    const [output, said] = await new Promise<[string, string]>((done) => {
      const options = { cwd: folder, maxBuffer: 32 * 1024 * 1024 };
      execFile(process.execPath, [cruiser, '--config', rules, '-T', 'json', '{src,test}/**/*.ts'], options, (_error, stdout, stderr) =>
        done([stdout, stderr]),
      );
    });
    expect(said).toBe('');
    const report: Report = JSON.parse(output);
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const clean: Tree = {
  'src/values/time.ts': [],
  'src/values/ids.ts': ['src/values/time.ts'],
  'src/happenings/happening.ts': ['src/values/ids.ts'],
  'src/formats/topic.ts': ['src/happenings/happening.ts', 'src/values/ids.ts'],
  'src/topics/issues.ts': ['src/formats/topic.ts'],
  'src/engine/log.ts': ['src/values/ids.ts'],
  'src/engine/stage.ts': ['src/engine/log.ts', 'src/formats/topic.ts'],
  'src/policy/policy.ts': ['src/topics/issues.ts'],
  'src/detection/detector.ts': ['src/engine/stage.ts', 'src/topics/issues.ts'],
  'src/delivery/stage.ts': ['src/delivery/detectors/late.ts', 'src/policy/policy.ts'],
  'src/delivery/detectors/late.ts': ['src/detection/detector.ts'],
  'src/care/decide.ts': ['src/policy/policy.ts', 'src/engine/stage.ts'],
  'src/log/memory/log.ts': ['src/engine/log.ts'],
  'src/log/kafka/log.ts': ['src/engine/log.ts', 'kafkajs'],
  'src/world/carriers.ts': ['src/topics/issues.ts'],
  'src/audit/find.ts': ['src/policy/policy.ts'],
  'src/config.ts': ['src/happenings/happening.ts'],
  'src/pipeline.ts': ['src/delivery/stage.ts', 'src/care/decide.ts'],
  'src/console/page.ts': ['src/audit/find.ts'],
  'src/lab/replay.ts': ['src/pipeline.ts', 'src/log/memory/log.ts', 'src/world/carriers.ts'],
  'src/cli/run.ts': ['src/lab/replay.ts', 'src/console/page.ts', 'src/log/kafka/log.ts', 'src/config.ts'],
  'src/main.ts': ['src/cli/run.ts'],
  'test/log/oracle.test.ts': ['kafkajs', 'src/values/time.ts'],
};

/** Rule, who breaks it, what is imported. Each is planted in a file of its own, beside the clean tree. */
const planted: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['values-stand-alone', 'src/values/planted.ts', 'src/happenings/happening.ts'],
  ['happenings-see-values', 'src/happenings/planted.ts', 'src/topics/issues.ts'],
  ['formats-see-happenings', 'src/formats/planted.ts', 'src/topics/issues.ts'],
  ['topics-see-formats', 'src/topics/planted.ts', 'src/policy/policy.ts'],
  ['policy-sees-topics', 'src/policy/planted.ts', 'src/engine/stage.ts'],
  ['engine-knows-no-domain', 'src/engine/planted-topic.ts', 'src/topics/issues.ts'],
  ['engine-knows-no-domain', 'src/engine/planted-log.ts', 'src/log/memory/log.ts'],
  ['detection-sees-engine', 'src/detection/planted.ts', 'src/policy/policy.ts'],
  ['log-sees-the-port', 'src/log/memory/planted.ts', 'src/engine/stage.ts'],
  ['world-is-outside', 'src/world/planted.ts', 'src/engine/stage.ts'],
  ['audit-reads-decisions', 'src/audit/planted.ts', 'src/care/decide.ts'],
  ['stages-see-what-is-below', 'src/care/planted-log.ts', 'src/log/memory/log.ts'],
  ['no-stage-imports-another', 'src/delivery/detectors/planted.ts', 'src/care/decide.ts'],
  ['no-log-imports-the-other', 'src/log/kafka/planted.ts', 'src/log/memory/log.ts'],
  ['console-and-lab-apart', 'src/console/planted.ts', 'src/lab/replay.ts'],
  ['cli-is-the-top', 'src/lab/planted.ts', 'src/cli/run.ts'],
  ['nobody-imports-main', 'test/planted-main.test.ts', 'src/main.ts'],
  ['kafkajs-in-one-folder', 'src/engine/planted-client.ts', 'kafkajs'],
  ['src-stands-without-tests', 'src/cli/planted-test.ts', 'test/log/oracle.test.ts'],
  ['no-unresolved', 'src/cli/planted-nothing.ts', 'src/cli/is-not-there.ts'],
];

describe('the import rules', () => {
  it('let a tree that keeps them pass, having looked at all of it', async () => {
    const { modules, summary } = await inspect(clean);
    expect(summary.violations.map(({ rule, from, to }) => [rule.name, from, to])).toEqual([]);
    expect(modules.map(({ source }) => source)).toEqual(expect.arrayContaining(Object.keys(clean)));
  });

  it('each see what breaks them', async () => {
    const tree: Record<string, readonly string[]> = { ...clean };
    for (const [, from, to] of planted) tree[from] = [to];
    tree['src/config.ts'] = ['src/topics/issues.ts'];
    tree['src/pipeline.ts'] = ['src/delivery/stage.ts', 'src/log/memory/log.ts'];
    tree['src/main.ts'] = ['src/cli/run.ts', 'src/pipeline.ts'];
    tree['src/cli/planted-dev.ts'] = ['only-dev'];
    tree['src/cli/here.ts'] = ['src/cli/there.ts'];
    tree['src/cli/there.ts'] = ['src/cli/here.ts'];
    tree['src/cli/alone.ts'] = [];
    const { summary } = await inspect(tree);
    const found = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
    expect(found).toEqual(
      expect.arrayContaining([
        ...planted.map(([rule, from]) => `${rule}: ${from}`),
        'config-reads-the-environment: src/config.ts',
        'pipeline-joins-stages: src/pipeline.ts',
        'main-only-dispatches: src/main.ts',
        'no-dev-dependency-in-src: src/cli/planted-dev.ts',
        'no-circle: src/cli/here.ts',
        'no-orphan: src/cli/alone.ts',
      ]),
    );
    expect(new Set(summary.violations.map(({ rule }) => rule.name))).toEqual(
      new Set(summary.ruleSetUsed.forbidden.map(({ name }) => name)),
    );
  });
});
