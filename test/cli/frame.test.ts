import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { version } from '../../src/cli/version.ts';
import { amends } from './terminal.ts';

const root = new URL('../../', import.meta.url);

describe('what is typed after amends', () => {
  it('lists the verbs by what they are for, with examples, when it is nothing or help', async () => {
    const { code, out, error } = await amends();
    expect({ code, error }).toEqual({ code: 0, error: '' });
    for (const part of ['See it work:', 'Work with history:', 'Look after the policy:', 'Examples:', 'Exit codes:'])
      expect(out).toContain(part);
    expect(await amends('help')).toEqual({ code: 0, out, error: '' });
  });

  it.each(['demo', 'import', 'replay', 'explain', 'policy'])('explains %s', async (verb) => {
    const { code, out } = await amends('help', verb);
    expect(code).toBe(0);
    expect(out).toContain(`amends ${verb}`);
  });

  it('names the nearest verb where there is none of that name', async () => {
    const { code, out, error } = await amends('reply');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain("unknown verb 'reply'");
    expect(error).toContain('Did you mean replay?');
  });

  it('is told what an option lacks', async () => {
    const { code, error } = await amends('replay', 'o.ndjson', '--policy', 'p.yaml');
    expect(code).toBe(2);
    expect(error).toContain("required option '--out <DIR>' not specified");
  });

  it.each([
    ['--until', '2018-09-01', 'with its zone'],
    ['--partitions', '0', 'from 1 to 512'],
    ['--processes', 'many', 'from 1 to 32'],
  ])('is told what %s takes', async (option, typed, expected) => {
    const { code, error } = await amends('replay', 'o.ndjson', '--policy', 'p.yaml', '--out', 'r', option, typed);
    expect(code).toBe(2);
    expect(error).toContain(expected);
  });

  it('is told the version', async () => {
    expect(await amends('--version')).toEqual({ code: 0, out: `${version()}\n`, error: '' });
  });

  it('is told of a mistake in what was read without a stack, and with --json as a document too', async () => {
    const { code, out, error } = await amends('import', 'olist', 'nowhere', '--out', 'o.ndjson', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ error: { code: 'AMENDS_FILE_UNREADABLE', details: [expect.stringContaining('orders.csv')] } });
    expect(error).toContain('AMENDS_FILE_UNREADABLE');
    expect(error).not.toContain('    at ');
  });

  it('runs as a process with the exit code', () => {
    const runMain = (...typed: readonly string[]): string =>
      execFileSync(process.execPath, ['src/main.ts', ...typed], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(runMain('--version')).toBe(`${version()}\n`);
    expect(() => runMain('nothing')).toThrow(expect.objectContaining({ status: 2 }));
  });

  it('is documented verb by verb', () => {
    const text = readFileSync(new URL('docs/cli.md', root), 'utf8');
    for (const verb of ['demo', 'import olist', 'replay', 'explain', 'policy check']) expect(text).toContain(`| \`${verb}`);
  });
});
