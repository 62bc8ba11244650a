import { moneyInWords } from '../money-in-words.ts';
import { durationInWords } from './in-words.ts';
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

/** The demo's last lines: who was helped, whether in time, what it cost, what was left alone. `out`: where its files are. */
export const closingWords = (summary: DemoSummary, out: string | undefined, anExample: string | undefined): readonly string[] => {
  const { truth, commands, cost, deadLetters, customersHelped, records, issues } = summary;
  const { calls, fine } = truth;
  const inTrouble = total(truth.inTrouble);
  const ordered = Object.entries(commands).map(([kind, { count }]) => `${number(count)} ${kinds[kind]?.[count === 1 ? 0 : 1] ?? kind}`);
  const found = Object.entries(issues).map(([detector, of]) => `${number(of.found)} ${detector}`);
  const headStart = calls.medianHeadStartMs === null ? '' : ` (half of them ${durationInWords(calls.medianHeadStartMs)} before or more)`;
  const row = (name: string, text: string): string => `  ${name.padEnd(10)}${text}`;
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
