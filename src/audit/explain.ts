import { AmendsError } from '../happenings/errors.ts';
import type { Issue } from '../topics/issues.ts';
import type { IssueId } from '../values/ids.ts';
import type { AuditRecord, Audited } from './audited.ts';
import { audited } from './audited.ts';
import type { IdKind } from './find-issues.ts';
import { findIssues } from './find-issues.ts';
import { recordInWords, timeInWords } from './in-words.ts';
import { placeName } from './place-name.ts';

/** An issue's time line: what was found, decided and ordered, in the order it happened. */
export interface ExplainedIssue {
  readonly issue: IssueId;
  readonly detector: string | undefined;
  readonly subject: string | undefined;
  readonly customer: string;
  readonly order: string | undefined;
  readonly timeLine: readonly Audited[];
}

/** What is known by an id, as data and as lines of text. */
export interface Explained {
  readonly id: string;
  readonly kind: IdKind;
  readonly issues: readonly ExplainedIssue[];
  readonly lines: readonly string[];
}

const rank = { issue: 0, decision: 1, command: 2 } as const;

const timeLineOf = (issue: IssueId, records: readonly Audited[]): readonly Audited[] =>
  records
    .filter(({ what, value }) => (what === 'issue' ? value.id : value.issue) === issue)
    .sort((a, b) => a.at - b.at || rank[a.what] - rank[b.what] || a.position.offset - b.position.offset);

const explainIssue = (issue: IssueId, records: readonly Audited[]): ExplainedIssue => {
  const timeLine = timeLineOf(issue, records);
  const told: readonly (Pick<Issue, 'customer'> & Partial<Pick<Issue, 'detector' | 'subject' | 'order'>>)[] = timeLine.map(
    ({ value }) => value,
  );
  return {
    issue,
    detector: told.find(({ detector }) => detector !== undefined)?.detector,
    subject: told.find(({ subject }) => subject !== undefined)?.subject,
    customer: told[0]?.customer ?? '',
    order: told.find(({ order }) => order !== undefined)?.order,
    timeLine,
  };
};

const isAskedFor = (id: string, { what, value, position }: Audited): boolean =>
  what === 'command'
    ? value.id === id
    : what === 'decision' && (placeName(position) === id || value.commands.some((command) => command.id === id));

const linesOf = (id: string, { issue, detector, subject, customer, order, timeLine }: ExplainedIssue): string[] => [
  `issue ${issue}: ${detector ?? 'unknown problem'} for ${subject ?? 'unknown'}, customer ${customer}${order === undefined ? '' : `, order ${order}`}`,
  ...timeLine.flatMap((record) => {
    const [first = '', ...rest] = recordInWords(record);
    return [`${isAskedFor(id, record) ? '>' : ' '} ${timeInWords(record.at)}  ${first}`, ...rest.map((line) => `    ${line}`)];
  }),
  '',
];

/**
 * Why something was done, or not: everything known by the id of an issue, a command, a decision (`topic/partition@offset`),
 * an order, a customer or a subject, from the records of `amends.issues`, `remedy.*` and `remedy.decisions`; other records
 * are left out. What was asked for by its own id is marked by `>`. Throws AMENDS_NOT_FOUND where nothing is known by the id.
 */
export const explain = (id: string, records: readonly AuditRecord[]): Explained => {
  const known = records.flatMap((record) => audited(record) ?? []);
  const found = findIssues(id, known);
  if (found === undefined)
    throw new AmendsError('AMENDS_NOT_FOUND', [`${id}: among ${known.length} records of issues, decisions and commands`]);
  const firstAt = ({ timeLine }: ExplainedIssue): number => timeLine[0]?.at ?? 0;
  const issues = [...found.issues].map((issue) => explainIssue(issue, known)).sort((a, b) => firstAt(a) - firstAt(b));
  const lines = [
    `${found.kind} ${id}: ${issues.length} problem${issues.length === 1 ? '' : 's'}`,
    '',
    ...issues.flatMap((issue) => linesOf(id, issue)),
  ];
  return { id, kind: found.kind, issues, lines: lines.slice(0, -1) };
};
