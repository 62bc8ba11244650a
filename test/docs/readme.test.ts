import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { programFor } from '../../src/cli/program.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** Paths from the root, with `/`. */
const pages = globSync('docs/**/*.md', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const scripts = Object.keys((JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }).scripts);

/** What is typed in blocks and between backticks; prose may say "amends" without meaning the program. */
const typedIn = (markdown: string): readonly string[] => {
  const blocks = [...markdown.matchAll(/^```\w*\n([^]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...markdown.replaceAll(/^```[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans].flatMap((line) => line.split('&&')).map((command) => command.trim());
};

/** Links to files of ours, without what is typed; `#part` is left off. */
const linksIn = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(/^```[^]*?^```/gm, '').matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

const terminal = { out: () => {}, error: () => {}, isWatched: false, columns: 120, environment: {} };

/** What the program does not know of `amends VERB ...`: the verb, or an option of it. */
const unknownIn = (words: readonly string[]): readonly string[] => {
  let command: Command = programFor(terminal);
  let at = 0;
  for (let word = words[at]; word !== undefined && command.commands.length > 0; word = words[at]) {
    const verb = command.commands.find((each) => each.name() === word);
    if (!verb) return word === 'help' ? [] : [word];
    command = verb;
    at += 1;
  }
  const options = command.options.map(({ long }) => long);
  return words.slice(at).filter((word) => word.startsWith('--') && !options.includes(word));
};

/** Scripts, verbs and options that a page names and that are not there. */
const unknownCommands = (markdown: string): readonly string[] =>
  typedIn(markdown).flatMap((command) => {
    const [, script, rest = ''] = /^npm run (?:--silent )?([\w:-]+)(?: -- (.*))?$/.exec(command) ?? [];
    if (script !== undefined && !scripts.includes(script)) return [command];
    const verb = script === 'amends' ? rest : script === 'demo' ? `demo ${rest}` : /^amends (.+)$/.exec(command)?.[1];
    return verb !== undefined && unknownIn(verb.trim().split(/\s+/)).length > 0 ? [command] : [];
  });

const brokenLinks = (page: string): readonly string[] =>
  linksIn(read(page)).filter((target) => !existsSync(join(root, dirname(page), target)));

describe('the README', () => {
  it('names no script, verb or option that there is not', () => {
    expect(typedIn(read('README.md')).filter((command) => /^npm run|^amends /.test(command)).length).toBeGreaterThan(8);
    expect(unknownCommands(read('README.md'))).toEqual([]);
  });

  it('would be caught naming one', () => {
    const planted = [
      '`npm run demmo`',
      '`amends repaly x`',
      '`amends policy chekc x`',
      '```\nnpm run --silent amends -- demo --onec\n```',
      '`npm run demo -- --sped 9`',
    ];
    expect(planted.filter((text) => unknownCommands(text).length === 1)).toEqual(planted);
  });
});

describe('the pages', () => {
  it.each(['README.md', 'CHANGELOG.md', 'examples/README.md', 'test/README.md', 'bench/README.md', ...pages])(
    '%s links only to files that are there',
    (page) => {
      expect(brokenLinks(page)).toEqual([]);
    },
  );

  it('are all found from docs/README.md', () => {
    const linked = linksIn(read('docs/README.md')).map((target) => normalize(join('docs', target)).replaceAll('\\', '/'));
    expect(pages.filter((page) => page !== 'docs/README.md' && !linked.includes(page))).toEqual([]);
  });

  it('name only tests that are there where they say what is promised', () => {
    const named = new Set([...read('docs/guarantees.md').matchAll(/\btest\/[\w./-]+\.ts\b/g)].map(([path]) => path));
    expect(named.size).toBeGreaterThan(10);
    expect([...named].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('name each folder of tests in test/README.md', () => {
    const folders = globSync('test/*/', { cwd: root }).map((path) => path.replace(/^test[\\/]|[\\/]$/g, ''));
    expect(folders.filter((folder) => !read('test/README.md').includes(`\`${folder}/\``))).toEqual([]);
  });
});
