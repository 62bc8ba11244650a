import type { Finding, Issue } from '../../../../src/topics/issues.ts';
import type { Instant } from '../../../../src/values/time.ts';
import { instant } from '../../../../src/values/time.ts';
import type { Observed } from '../../observed.ts';
import { canonical } from '../canonical.ts';
import type { Outputs } from '../outputs-read.ts';
import { issueInWords } from '../outputs-read.ts';
import type { Judge, Subject } from './subjects.ts';

/** The figures that grow with the clock at which a finding is judged. */
const growing = ['lateMs', 'silentMs'] as const;

/** The clock at which `judge` would give the figures of a finding that was written at `writtenAt`; undefined where it never would. */
const judgedAt = (judge: Judge, finding: Finding, writtenAt: Instant): Instant | undefined => {
  const then = judge(writtenAt).finding;
  if (!then) return undefined;
  for (const name of growing) {
    const figure = finding.numbers[name];
    const figureThen = then.numbers[name];
    if (figure !== undefined && figureThen !== undefined) return instant(writtenAt - (figureThen - figure));
  }
  // It has no figure that tells: the earliest at which it could be found.
  const early = judge(finding.since);
  return early.finding ? finding.since : early.wakeAt;
};

const withoutStands = ({ stands: _stands, ...finding }: Finding): string => canonical(finding);

const isJustified = (subject: Subject, issue: Issue, writtenAt: Instant, inclusive: boolean): boolean => {
  // Only its clock is unknown: find it by any standing, then ask for one that holds all that came before it.
  const clocks = new Set<Instant>();
  for (const standing of subject.standings(-Infinity, writtenAt, inclusive)) {
    const judge = standing(issue.detector);
    const now = judge && judgedAt(judge, issue.finding, writtenAt);
    if (judge && now !== undefined && now <= writtenAt && canonical(judge(now).finding) === canonical(issue.finding)) clocks.add(now);
  }
  for (const now of clocks)
    for (const standing of subject.standings(now, writtenAt, inclusive)) {
      const judge = standing(issue.detector);
      if (judge && canonical(judge(now).finding) === canonical(issue.finding)) return true;
    }
  return false;
};

/**
 * Each issue that was opened or changed is what its detector finds, figures and evidence and all, in a prefix of the log that holds
 * everything from before the clock it was judged at; each that was closed says what was last said of it, and the detector then
 * finds no more.
 */
export const issuesJustified = (
  run: Observed,
  { issues }: Outputs,
  subjects: ReadonlyMap<string, Subject>,
  isAsked: (customer: string) => boolean,
): readonly string[] => {
  const inclusive = run.mode === 'records';
  const openBefore = new Map<string, Finding>();
  const problems: string[] = [];
  for (const { value: issue, record } of issues) {
    if (!isAsked(issue.customer) || run.weakened.unread.has(issue.subject)) continue;
    const subject = subjects.get(issue.subject);
    const watch = `${issue.detector} ${issue.subject}`;
    if (issue.state === 'open') {
      openBefore.set(watch, issue.finding);
      if (!subject || !isJustified(subject, issue, record.timestamp, inclusive))
        problems.push(
          `issue false${issue.finding.absence ? ', an absence that the log disproves' : ''}: ${issueInWords(issue)}, true since ${new Date(issue.finding.since).toISOString()}: no state of the log by then holds it`,
        );
      continue;
    }
    const open = openBefore.get(watch);
    openBefore.delete(watch);
    if (!open || withoutStands(open) !== withoutStands(issue.finding))
      problems.push(`issue false: ${issueInWords(issue)} closes what was not said to be open`);
    else if (!subject || !canClose(subject, issue, record.timestamp, inclusive))
      problems.push(`issue false: ${issueInWords(issue)} was closed, and the log never disproves it`);
  }
  return problems;
};

const canClose = (subject: Subject, issue: Issue, writtenAt: Instant, inclusive: boolean): boolean => {
  for (const standing of subject.standings(-Infinity, writtenAt, inclusive)) {
    const judged = standing(issue.detector)?.(writtenAt);
    if (judged && judged.finding?.armedBy !== issue.finding.armedBy && judged.stands === issue.finding.stands) return true;
  }
  return false;
};
