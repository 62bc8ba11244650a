import type { Issue } from '../../../../src/topics/issues.ts';
import type { Observed } from '../../observed.ts';
import type { Outputs } from '../outputs-read.ts';
import { commandInWords } from '../outputs-read.ts';
import type { Subject } from './subjects.ts';

/**
 * Whoever gets something for an issue has that problem still at the clock of that very decision, by everything that was in the log
 * before it: care is never ahead of the stages before. An issue that closed and stands (it came, late) may still be owed something.
 */
export const absenceStillTrue = (
  run: Observed,
  { issues, decisions }: Outputs,
  subjects: ReadonlyMap<string, Subject>,
  isAsked: (customer: string) => boolean,
): readonly string[] => {
  const told = new Map<string, Issue>(issues.map(({ value }) => [`${value.id}#${value.revision}`, value]));
  const problems: string[] = [];
  for (const { value: decision, record } of decisions) {
    const given = decision.commands.find(({ kind }) => kind !== 'retraction');
    if (decision.outcome !== 'ordered' || !given || !isAsked(decision.customer)) continue;
    const issue = told.get(`${decision.issue}#${decision.revision}`);
    if (!issue) {
      problems.push(
        `command false: ${commandInWords(given)} rests on revision ${decision.revision} of ${decision.issue}, which nobody said`,
      );
      continue;
    }
    if (issue.state === 'closed') {
      if (issue.finding.stands !== true) problems.push(`command false: ${commandInWords(given)} is for an issue that had closed`);
      continue;
    }
    if (run.weakened.unread.has(issue.subject)) continue;
    const subject = subjects.get(issue.subject);
    const latest = run.mode === 'records' ? decision.at : record.timestamp;
    let holds = false;
    for (const standing of subject?.standings(decision.at, latest, run.mode === 'records') ?? [])
      holds ||= standing(issue.detector)?.(decision.at).finding?.armedBy === issue.finding.armedBy;
    if (!holds)
      problems.push(
        `command false${issue.finding.absence ? ', an absence that the log disproves' : ''}: ${commandInWords(given)} was decided at ${new Date(decision.at).toISOString()}, and by the log ${issue.detector} of ${issue.subject} was over by then`,
      );
  }
  return problems;
};
