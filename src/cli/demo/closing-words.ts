import { durationInWords } from '../../values/duration.ts';
import { moneyInWords } from '../money-in-words.ts';
import type { DemoSummary } from './summary.ts';

const number = (value: number): string => value.toLocaleString('en-US');
const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** The words for a kind of command, for one and for several. */
const kinds: Readonly<Record<string, readonly [one: string, several: string]>> = {
  refund: ['refund', 'refunds'],
  credit: ['credit', 'credits'],
  replacement: ['parcel sent again', 'parcels sent again'],
  notification: ['message', 'messages'],
  escalation: ['call for an associate', 'calls for associates'],
  return: ['return', 'returns'],
  retraction: ['retraction', 'retractions'],
};

/** How far to the right the words of a row begin. */
const indent = 12;

/** Words over as many lines as they need, each but the first indented. */
const wrapped = (text: string, columns: number): string => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || indent + last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
};

/** The demo's last lines, for a terminal of so many columns: who was helped, whether in time, what it cost, what was left alone. `out`: where its files are. */
export const closingWords = (of: {
  readonly summary: DemoSummary;
  readonly out: string | undefined;
  readonly anExample: string | undefined;
  readonly columns: number;
}): readonly string[] => {
  const { summary, out, anExample, columns } = of;
  const { truth, commands, cost, deadLetters, customersHelped, records, issues } = summary;
  const { calls, fine } = truth;
  const inTrouble = total(truth.inTrouble);
  const ordered = Object.entries(commands).map(([kind, { count }]) => `${number(count)} ${kinds[kind]?.[count === 1 ? 0 : 1] ?? kind}`);
  const found = Object.entries(issues).map(([detector, changes]) => `${number(changes.found)} ${detector}`);
  const headStart = calls.medianHeadStartMs === null ? '' : ` (half of them at least ${durationInWords(calls.medianHeadStartMs)} before)`;
  const row = (name: string, text: string): string => `  ${name.padEnd(indent - 2)}${wrapped(text, columns)}`;
  return [
    row(
      'seen',
      `${number(total(records))} records of ${number(truth.parcels)} parcels and ${number(truth.films)} films; ${number(inTrouble)} in trouble`,
    ),
    row('found', found.join(', ') || 'nothing'),
    row('helped', `${number(customersHelped)} customers: ${ordered.join(', ') || 'nothing ordered'}`),
    row(
      'in time',
      `in ${number(calls.before)} of ${number(calls.before + calls.after + calls.never)} cases before the customer would have called${headStart}; customers and calls are simulated`,
    ),
    row('cost', cost.map(moneyInWords).join(', ') || 'nothing'),
    row(
      'fine',
      `${number(fine.cases)} parcels and films, ${number(fine.leftAlone)} of them left alone, ${number(fine.cases - fine.leftAlone)} got a remedy or a message all the same`,
    ),
    row('set aside', `${number(total(deadLetters))} records that could not be read${Object.keys(deadLetters).length > 0 ? `: ${Object.entries(deadLetters).map(([code, count]) => `${count} ${code}`).join(', ')}` : ''}`), // prettier-ignore
    out === undefined
      ? row('go on', 'npm run demo -- --out DIR keeps everything, so that amends explain can say why each customer got what they got')
      : row('go on', `npm run --silent amends -- explain ${anExample ?? 'ID'} --in ${out}`),
  ];
};
