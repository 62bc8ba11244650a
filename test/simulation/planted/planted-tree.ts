import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Edit } from './planted-bug.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

/** What one seed came to. */
export interface Judged {
  readonly seed: number;
  readonly problems: readonly string[];
}

const edit = (folder: string, { file, from, to }: Edit): void => {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${file} has ${count} times "${from}", and a planted bug is to replace it where it stands once`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
};

/** A copy of the sources and of what tests them, with the edits made. Its oracle is only a pointer to the one here, so what is planted can't blind it. */
const copied = (edits: readonly Edit[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-planted-'));
  for (const part of ['src', 'deploy', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  const isJudge = (path: string): boolean => path.endsWith('simulation/oracle');
  for (const part of ['simulation', 'engine', 'conformance', 'scenarios/support', 'support'])
    cpSync(join(root, 'test', part), join(folder, 'test', part), { recursive: true, filter: (path) => !isJudge(path) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'test/simulation/oracle'));
  const oracle = pathToFileURL(join(root, 'test/simulation/oracle/compare.ts')).href;
  writeFileSync(join(folder, 'test/simulation/oracle/compare.ts'), `export { compare } from '${oracle}';\n`);
  for (const each of edits) edit(folder, each);
  return folder;
};

/** The link to what is installed goes first, by itself: nothing that cleans up a copy may ever reach through it. */
const removeCopy = (folder: string): void => {
  unlinkSync(join(folder, 'node_modules'));
  rmSync(folder, { recursive: true, force: true });
};

/** Runs the seeds on a copy with the edits, one after the other until one fails. Rejects where an edit finds its text not exactly once. */
export const judgePlanted = async (edits: readonly Edit[], seeds: readonly number[]): Promise<readonly Judged[]> => {
  const folder = copied(edits);
  try {
    const script = join(folder, 'test/simulation/planted/judge-seeds.ts');
    const { stdout } = await run(process.execPath, [script, ...seeds.map(String)], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Judged);
  } finally {
    removeCopy(folder);
  }
};

/** The names of the tests in a file that fail on a copy with the edits. */
export const failingTests = async (edits: readonly Edit[], tests: string): Promise<readonly string[]> => {
  const folder = copied(edits);
  const report = join(folder, 'report.json');
  try {
    const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
    await run(process.execPath, [vitest, 'run', '--project', 'unit', '--reporter', 'json', '--outputFile', report, tests], {
      cwd: folder,
    }).catch(() => {}); // it fails, as it should: the report says how
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
    };
    return testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    );
  } finally {
    removeCopy(folder);
  }
};
