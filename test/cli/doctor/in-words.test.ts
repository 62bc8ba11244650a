import { describe, expect, it } from 'vitest';
import { ok, warning, wrong } from '../../../src/cli/doctor/finding.ts';
import { findingsInWords } from '../../../src/cli/doctor/in-words.ts';

const inWords = (...findings: Parameters<typeof findingsInWords>[0]): string =>
  findingsInWords(findings, { columns: 80, hasColours: false });

describe('the findings on a terminal', () => {
  it('stand a line each, with what to do below, and what it comes to at the end', () => {
    expect(
      inWords(ok('topics', 'All are there.'), warning('switch', 'Nobody has armed it.', 'amends arm'), wrong('clocks', 'Apart.')),
    ).toBe(
      [
        'ok       topics  All are there.',
        'warning  switch  Nobody has armed it.',
        '                 -> amends arm',
        'error    clocks  Apart.',
        '',
        '1 error, 1 warning.',
        '',
      ].join('\n'),
    );
  });

  it('are broken between words, but for commands', () => {
    const command = `kafka-configs.sh ${'--add-config '.repeat(10)}`.trim();
    const lines = inWords(wrong('topics', 'many words '.repeat(20).trim(), command)).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([expect.stringContaining(`-> ${command}`)]);
  });

  it('say so when all is well', () => {
    expect(inWords(ok('topics', 'All are there.'))).toContain('All is well.');
  });

  it('have colours where they can be seen', () => {
    const text = findingsInWords([wrong('topics', 'Missing.')], { columns: 80, hasColours: true });
    expect(text).toContain('\u001B[31merror  \u001B[39m');
  });
});
