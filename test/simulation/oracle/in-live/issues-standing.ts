import { after, minuteMs } from '../../../../src/values/time.ts';
import type { Observed } from '../../observed.ts';
import type { Outputs } from '../outputs-read.ts';
import { detectorsOf } from './subjects.ts';
import type { Subject } from './subjects.ts';

/** How far a task's clock may be beyond the one that all were brought to. */
const marginMs = 5 * minuteMs;

/**
 * In the end the last word on each issue is what its detector finds in the whole log: open where it finds something, closed or never
 * said where it doesn't. What comes due within the margin may be either. Whoever is excused may be held.
 */
export const issuesStanding = (
  run: Observed,
  { issues }: Outputs,
  subjects: ReadonlyMap<string, Subject>,
  isExcused: (subject: string) => boolean,
): readonly string[] => {
  if (run.weakened.missingAllowed) return [];
  const last = new Map<string, string>();
  const revisions = new Map<string, number>();
  for (const { value } of issues) {
    const watch = `${value.detector} of ${value.subject}`;
    if ((revisions.get(watch) ?? 0) >= value.revision) continue;
    revisions.set(watch, value.revision);
    last.set(watch, value.state === 'open' ? `${value.finding.reason}, armed by ${value.finding.armedBy}` : 'nothing');
  }
  const problems: string[] = [];
  for (const [key, subject] of subjects) {
    if (isExcused(key)) continue;
    for (const detector of detectorsOf(subject.stage)) {
      const expected = new Set<string>();
      for (const standing of subject.standings(Infinity, Infinity, true))
        for (const now of [after(run.until, -1), after(run.until, marginMs)]) {
          const finding = standing(detector)?.(now).finding;
          expected.add(finding ? `${finding.reason}, armed by ${finding.armedBy}` : 'nothing');
        }
      const found = last.get(`${detector} of ${key}`) ?? 'nothing';
      if (expected.has(found)) continue;
      const [is] = expected;
      problems.push(
        `issue ${found === 'nothing' ? 'missing' : 'false'} in the end: ${detector} of ${key} is ${is}, the last word is ${found}`,
      );
    }
  }
  return problems;
};
