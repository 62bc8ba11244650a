import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const faults = `
const later = async (): Promise<number> => 1;
export const bad = (x: any, kind: 'a' | 'b', m: number | undefined): unknown => {
  later();
  [1].forEach(async () => { await later(); });
  setTimeout(() => undefined, 1);
  switch (kind) {
    case 'a':
      return [Date.now(), Math.random(), new Date(), m!, x];
  }
  return 2;
};
export const worse = async (): Promise<void> => { await 3; };
export default bad;
`;

/** The rules that a file breaks, as the real configuration sees it under src. */
const rulesBrokenBy = async (source: string): Promise<Set<string>> => {
  const folder = await mkdtemp(join(tmpdir(), 'amends-lint-'));
  try {
    await mkdir(join(folder, 'src'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'src', 'planted.ts'), source);
    await writeFile(join(folder, 'tsconfig.json'), await readFile(join(root, 'tsconfig.json')));
    const config: { ignorePatterns: string[]; jsPlugins: string[] } = JSON.parse(await readFile(join(root, '.oxlintrc.json'), 'utf8'));
    config.ignorePatterns = [];
    config.jsPlugins = config.jsPlugins.map((path) => join(root, path));
    await writeFile(join(folder, '.oxlintrc.json'), JSON.stringify(config));
    const output = await new Promise<string>((done) => {
      const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
      execFile(process.execPath, [oxlint, '--type-aware', '-f', 'unix', 'src'], { cwd: folder }, (_error, stdout, stderr) =>
        done(stdout + stderr),
      );
    });
    return new Set(Array.from(output.matchAll(/\[Error\/([^\]]+)\]$/gm), (match) => match[1] ?? ''));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

describe('the lint rules', () => {
  it('see floating promises, clocks, chance and holes in switches', async () => {
    expect([...(await rulesBrokenBy(faults))]).toEqual(
      expect.arrayContaining([
        'typescript(no-floating-promises)',
        'typescript(no-misused-promises)',
        'typescript(await-thenable)',
        'typescript(switch-exhaustiveness-check)',
        'typescript(no-explicit-any)',
        'typescript(no-non-null-assertion)',
        'import(no-default-export)',
        'eslint(no-restricted-globals)',
        'eslint(no-restricted-properties)',
        'house(no-clock)',
      ]),
    );
  });

  it('leave a clean file alone', async () => {
    expect([...(await rulesBrokenBy('export const two = (one: number): number => one + one;\n'))]).toEqual([]);
  });
});
