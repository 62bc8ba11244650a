import { styleText } from 'node:util';
import type { Finding } from './finding.ts';

const styles = { ok: 'green', warning: 'yellow', error: 'red' } as const;
const levels = Object.keys(styles) as Finding['level'][];
const longestLevel = Math.max(...levels.map((level) => level.length));
/** What is looked at stands in a column of its own, unless its name is longer. */
const aboutColumn = 24;
const leastColumns = 40;

/** `text` in lines of at most `columns` letters, broken between words; commands stay whole. */
const wrapped = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

/** Something to be typed, which a break would spoil. */
const isCommand = (todo: string): boolean => /^(amends|kafka-[a-z-]+\.sh) /.test(todo);

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** The findings for a terminal `columns` wide: a line each, what to do below, and what it comes to at the end. */
export const findingsInWords = (
  findings: readonly Finding[],
  { columns, hasColours }: { readonly columns: number; readonly hasColours: boolean },
): string => {
  const lines: string[] = [];
  const about = Math.min(aboutColumn, Math.max(...findings.map((finding) => finding.about.length)));
  const indent = longestLevel + 2 + about + 2;
  const room = Math.max(leastColumns, columns - indent);
  for (const finding of findings) {
    const level = finding.level.padEnd(longestLevel);
    const head = `${hasColours ? styleText(styles[finding.level], level, { validateStream: false }) : level}  ${finding.about.padEnd(about)}`;
    const [first = '', ...rest] = wrapped(finding.says, room);
    if (finding.about.length > about) lines.push(head, `${' '.repeat(indent)}${first}`);
    else lines.push(`${head}  ${first}`);
    lines.push(...rest.map((line) => `${' '.repeat(indent)}${line}`));
    for (const todo of finding.todo ?? []) {
      const [start = '', ...more] = isCommand(todo) ? [todo] : wrapped(todo, room - 3);
      lines.push(`${' '.repeat(indent)}-> ${start}`, ...more.map((line) => `${' '.repeat(indent + 3)}${line}`));
    }
  }
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const verdict = errors + warnings === 0 ? 'All is well.' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`;
  return `${lines.join('\n')}\n\n${verdict}\n`;
};
