import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');
const doc = readFileSync(join(root, 'docs', 'add-a-detector.md'), 'utf8');

/** The first block of a language after the words that introduce it. */
const block = (after: string, language: string): string => {
  const rest = doc.slice(doc.indexOf(after));
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(rest)?.[1];
  if (!doc.includes(after) || found === undefined) throw new Error(`the page has no ${language} block after "${after}"`);
  return found;
};

const detectorPath = 'src/delivery/detectors/out-for-delivery-too-long.ts';
const testPath = 'test/delivery/detectors/out-for-delivery-too-long.test.ts';
const listPath = 'src/delivery/detectors.ts';

/** The list after the page's diff: each added line goes before the kept line that follows it, or after the one before. */
const patched = (list: string, diff: string): string => {
  let text = list;
  let kept = '';
  for (const line of diff.trimEnd().split('\n')) {
    if (line.startsWith('+import ')) text = `${line.slice(1)}\n${text}`;
    else if (line.startsWith('+')) text = text.replace(kept, `${kept}\n${line.slice(1)}`);
    else {
      kept = line.slice(1);
      if (!text.includes(kept)) throw new Error(`${listPath} has no line "${kept}"`);
    }
  }
  return text;
};

describe('the page that shows how to add a detector', () => {
  let tree = '';
  const node = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
    return status === 0 ? stdout : `exit ${status}: ${stdout}${stderr}`;
  };

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'amends-doc-'));
    for (const folder of ['delivery', 'detection', 'engine', 'formats', 'happenings', 'topics', 'values'])
      cpSync(join(root, 'src', folder), join(tree, 'src', folder), { recursive: true });
    cpSync(join(root, 'test', 'delivery', 'a-parcel.ts'), join(tree, 'test', 'delivery', 'a-parcel.ts'));
    cpSync(join(root, 'package.json'), join(tree, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction');
    mkdirSync(join(tree, 'test', 'delivery', 'detectors'));
    writeFileSync(join(tree, detectorPath), block(`Create \`${detectorPath}\``, 'ts'));
    writeFileSync(join(tree, testPath), block(`Create \`${testPath}\``, 'ts'));
    writeFileSync(join(tree, listPath), patched(readFileSync(join(tree, listPath), 'utf8'), block('## 2. The list', 'diff')));
    const tsconfig = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as { readonly compilerOptions: object };
    writeFileSync(
      join(tree, 'tsconfig.json'),
      JSON.stringify({ ...tsconfig, include: undefined, files: [detectorPath, listPath, testPath] }),
    );
  });

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it('has a test that passes', () => {
    const said = node('node_modules/vitest/vitest.mjs', 'run', '--root', '.', '--no-color', testPath);
    expect(said).toMatch(/Tests .*4 passed/);
  }, 60_000);

  it('has a detector that runs without a build, in its stage, with the settings that it shows', () => {
    const settings = (parse(block('## 3. The policy', 'yaml')) as { readonly detectors: object }).detectors;
    const script = `
      import { deliveryStage } from './src/delivery/stage.ts';
      import { deliveryDetectors } from './src/delivery/detectors.ts';
      deliveryStage(${JSON.stringify(settings)}, 120 * 86_400_000);
      const one = deliveryDetectors.find(({ name }) => name === 'out-for-delivery-too-long');
      console.log(JSON.stringify(one.settings.parse(${JSON.stringify(Object.values(settings)[0])})));
    `;
    expect(JSON.parse(node('--input-type=module', '--eval', script))).toEqual({ longest: 12 * 3_600_000, proofGrace: 60_000 });
  }, 60_000);

  it('has code with the right types', () => {
    expect(node('node_modules/typescript/bin/tsc', '--noEmit', '--project', '.')).toBe('');
  }, 60_000);
});
