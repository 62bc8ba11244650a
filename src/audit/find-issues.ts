import type { IssueId } from '../values/ids.ts';
import type { Audited } from './audited.ts';
import { placeName } from './place-name.ts';

/** What an id was found to be. */
export type IdKind = 'issue' | 'command' | 'decision' | 'order' | 'customer' | 'subject';

const issueOf = ({ what, value }: Audited): IssueId => (what === 'issue' ? value.id : value.issue);

const means: readonly (readonly [IdKind, (id: string, record: Audited) => boolean])[] = [
  ['issue', (id, record) => issueOf(record) === id],
  [
    'command',
    (id, { what, value }) => (what === 'command' ? value.id === id : what === 'decision' && value.commands.some((each) => each.id === id)),
  ],
  ['decision', (id, { what, position }) => what === 'decision' && placeName(position) === id],
  ['order', (id, { value }) => value.order === id],
  ['customer', (id, { value }) => value.customer === id],
  ['subject', (id, { what, value }) => (what === 'issue' || what === 'decision') && value.subject === id],
];

/** The issues that an id leads to, and what it is the id of: an issue's, a command's, a decision's place, an order's, a customer's or a subject's; undefined where it is unknown. */
export const findIssues = (
  id: string,
  records: readonly Audited[],
): { readonly kind: IdKind; readonly issues: ReadonlySet<IssueId> } | undefined => {
  for (const [kind, matches] of means) {
    const issues = new Set(records.filter((record) => matches(id, record)).map(issueOf));
    if (issues.size > 0) return { kind, issues };
  }
  return undefined;
};
