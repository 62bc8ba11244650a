import { letterHeaders } from '../../engine/dead-letter.ts';
import type { Decision } from '../../topics/decisions.ts';
import type { Issue } from '../../topics/issues.ts';
import type { Command } from '../../topics/remedies.ts';
import type { Money } from '../../values/money.ts';
import { countBy } from '../count-by.ts';
import type { EventRecord } from '../event-record.ts';

/** What came of a replay, in figures. Depends on the history, the policy and `until` alone, not on how it was run. */
export interface Summary {
  readonly policy: { readonly version: string; readonly hash: string };
  readonly records: {
    /** What was fed, by topic. */
    readonly read: Readonly<Record<string, number>>;
    readonly badLines: number;
    /** Records at `until` or later. */
    readonly leftOut: number;
    /** False: the file was out of order, and was sorted. */
    readonly inOrder: boolean;
    readonly first: string | null;
    readonly last: string | null;
  };
  /** Everything strictly before is concluded. */
  readonly until: string | null;
  /** By detector: problems found, and how many of them have closed again. */
  readonly issues: Readonly<Record<string, { readonly found: number; readonly closed: number }>>;
  /** By outcome. */
  readonly decisions: Readonly<Record<string, number>>;
  /** By kind: how many, and what they come to, by currency. */
  readonly commands: Readonly<Record<string, { readonly count: number; readonly money: readonly Money[] }>>;
  readonly customersHelped: number;
  /** By code. */
  readonly deadLetters: Readonly<Record<string, number>>;
}

/** The figures of what was written: issues, decisions, commands and dead letters, told apart by topic. */
export const countOutputs = (outputs: {
  readonly issues: readonly EventRecord[];
  readonly decisions: readonly EventRecord[];
  readonly commands: readonly EventRecord[];
  readonly letters: readonly EventRecord[];
}): Pick<Summary, 'issues' | 'decisions' | 'commands' | 'customersHelped' | 'deadLetters'> => {
  const commands = outputs.commands.map((record) => jsonOf(record) as Command);
  return {
    issues: issuesByDetector(outputs.issues.map((record) => jsonOf(record) as Issue)),
    decisions: countBy(outputs.decisions, (record) => (jsonOf(record) as Decision).outcome),
    commands: Object.fromEntries(
      Object.entries(Object.groupBy(commands, ({ kind }) => kind))
        .map(([kind, ofKind]) => [kind, { count: ofKind.length, money: sums(ofKind) }] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    customersHelped: new Set(commands.map(({ customer }) => customer)).size,
    deadLetters: countBy(outputs.letters, ({ headers }) => headers[letterHeaders.exception] ?? 'unknown'),
  };
};

// Our own records: their topic's schema has passed them before they were written.
const jsonOf = ({ value }: EventRecord): unknown => (value !== null && 'json' in value ? value.json : {});

const issuesByDetector = (issues: readonly Issue[]): Summary['issues'] => {
  const last = new Map(issues.toSorted((a, b) => a.revision - b.revision).map((issue) => [issue.id, issue]));
  const found = countBy(last.values(), ({ detector }) => detector);
  const closed = countBy(
    [...last.values()].filter(({ state }) => state === 'closed'),
    ({ detector }) => detector,
  );
  return Object.fromEntries(Object.entries(found).map(([detector, count]) => [detector, { found: count, closed: closed[detector] ?? 0 }]));
};

const sums = (commands: readonly Command[]): readonly Money[] => {
  const byCurrency = new Map<string, number>();
  for (const command of commands)
    if ('money' in command)
      byCurrency.set(command.money.currency, (byCurrency.get(command.money.currency) ?? 0) + command.money.amountMinor);
  return [...byCurrency].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, amountMinor]) => ({ amountMinor, currency }));
};
