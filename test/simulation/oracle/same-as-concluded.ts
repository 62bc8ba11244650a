import type { LogRecord } from '../../../src/engine/log.ts';
import type { Decision } from '../../../src/topics/decisions.ts';
import type { Issue } from '../../../src/topics/issues.ts';
import { issues } from '../../../src/topics/issues.ts';
import { canonical, differenceOf } from './canonical.ts';
import type { Concluded } from './in-records.ts';
import type { Outputs } from './outputs-read.ts';
import { commandInWords, decisionInWords, issueInWords } from './outputs-read.ts';

interface Item {
  readonly identity: string;
  readonly content: unknown;
  readonly inWords: string;
  readonly isExcused: boolean;
}

/** What stands at one place of `amends.issues`: positions of ours differ from run to run, what they point at doesn't. */
const nameOfIssue = ({ id, revision }: Pick<Issue, 'id' | 'revision'>): string => `${id}#${revision}`;

const withNames = (decision: Decision, nameAt: (partition: number, offset: number) => string): unknown => ({
  ...decision,
  evidence: decision.evidence.map((place) => (place.topic === issues.name ? nameAt(place.partition, place.offset) : place)),
});

const compareItems = (kind: string, expected: readonly Item[], found: readonly Item[]): readonly string[] => {
  const problems: string[] = [];
  const foundBy = Map.groupBy(found, ({ identity }) => identity);
  const expectedBy = Map.groupBy(expected, ({ identity }) => identity);
  for (const [identity, items] of expectedBy) {
    const there = foundBy.get(identity) ?? [];
    for (const item of items.slice(there.length)) if (!item.isExcused) problems.push(`${kind} missing: ${item.inWords}`);
    const contents = new Set(there.map(({ content }) => canonical(content)));
    const differs = items.slice(0, there.length).find(({ content, isExcused }) => !isExcused && !contents.has(canonical(content)));
    if (differs) problems.push(`${kind} differs: ${differs.inWords}: ${differenceOf(differs.content, there[0]?.content) ?? ''}`);
  }
  for (const [identity, items] of foundBy)
    for (const item of items.slice(expectedBy.get(identity)?.length ?? 0))
      if (!item.isExcused) problems.push(`${kind} ${expectedBy.has(identity) ? 'twice' : 'false'}: ${item.inWords}`);
  return problems;
};

/**
 * In `records` time what stands on the log must be what is concluded from it: the same issues, decisions and commands, with the
 * same content at the same time. `isExcused`: about this customer another outcome is possible, because a fault has something held.
 */
export const sameAsConcluded = (
  { issues: foundIssues, decisions: foundDecisions, commands: foundCommands }: Outputs,
  concluded: Concluded,
  isExcused: (customer: string) => boolean,
): readonly string[] => {
  const named = new Map(foundIssues.map(({ value, record }) => [`${record.partition}@${record.offset}`, nameOfIssue(value)]));
  const timed = (value: unknown, at: number): unknown => ({ loggedAt: at, value });
  const issueItem = (value: Issue, at: number): Item => ({
    identity: nameOfIssue(value),
    content: timed(value, at),
    inWords: issueInWords(value),
    isExcused: isExcused(value.customer),
  });
  const decisionItem = (value: Decision, at: number, nameAt: (partition: number, offset: number) => string): Item => ({
    identity: canonical([value.issue, value.revision, value.at, value.outcome, value.step]),
    content: timed(withNames(value, nameAt), at),
    inWords: decisionInWords(value),
    isExcused: isExcused(value.customer),
  });
  const commandItem = (value: Outputs['commands'][number]['value'], at: number): Item => ({
    identity: value.id,
    content: timed(value, at),
    inWords: commandInWords(value),
    isExcused: isExcused(value.customer),
  });
  const expectedName = (_: number, offset: number): string => {
    const issue = concluded.issues[offset];
    return issue ? nameOfIssue(issue.value) : `amends.issues@${offset}`;
  };
  const foundName = (partition: number, offset: number): string =>
    named.get(`${partition}@${offset}`) ?? `nothing at ${partition}@${offset}`;
  const at = ({ timestamp }: LogRecord): number => timestamp;
  return [
    ...compareItems(
      'issue',
      concluded.issues.map((each) => issueItem(each.value, each.at)),
      foundIssues.map(({ value, record }) => issueItem(value, at(record))),
    ),
    ...compareItems(
      'decision',
      concluded.decisions.map((each) => decisionItem(each.value, each.at, expectedName)),
      foundDecisions.map(({ value, record }) => decisionItem(value, at(record), foundName)),
    ),
    ...compareItems(
      'command',
      concluded.commands.map((each) => commandItem(each.value, each.at)),
      foundCommands.map(({ value, record }) => commandItem(value, at(record))),
    ),
  ];
};
