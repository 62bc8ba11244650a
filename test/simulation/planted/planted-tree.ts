import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
  writeFileSync(path, text.replace(from, () => to));
};

/**
 * Copies the sources and the simulation, makes the edits, and runs the seeds one after the other until one fails. The copy's oracle
 * is only a pointer to the one here, so what is planted can't blind it. Rejects where an edit finds its text not exactly once.
 */
export const judgePlanted = async (edits: readonly Edit[], seeds: readonly number[]): Promise<readonly Judged[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-planted-'));
  try {
    for (const part of ['src', 'deploy', 'package.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
    const isJudge = (path: string): boolean => path.endsWith('oracle') || path.endsWith('.test.ts');
    cpSync(join(root, 'test/simulation'), join(folder, 'test/simulation'), { recursive: true, filter: (path) => !isJudge(path) });
    cpSync(join(root, 'test/engine/support'), join(folder, 'test/engine/support'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'test/simulation/oracle'));
    const oracle = pathToFileURL(join(root, 'test/simulation/oracle/compare.ts')).href;
    writeFileSync(join(folder, 'test/simulation/oracle/compare.ts'), `export { compare } from '${oracle}';\n`);
    for (const each of edits) edit(folder, each);
    const script = join(folder, 'test/simulation/planted/judge-seeds.ts');
    const { stdout } = await run(process.execPath, [script, ...seeds.map(String)], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Judged);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
