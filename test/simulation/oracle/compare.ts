import type { Observed } from '../observed.ts';
import { capsKept } from './caps-kept.ts';
import { decisionsKept } from './decisions-kept.ts';
import { excusedCustomers } from './excused-customers.ts';
import { idsDerived } from './ids-derived.ts';
import { careFollowed } from './in-live/care-followed.ts';
import { issuesJustified } from './in-live/issues-justified.ts';
import { issuesStanding } from './in-live/issues-standing.ts';
import { absenceStillTrue } from './in-live/absence-still-true.ts';
import { concludedFrom } from './in-records.ts';
import { lettersComplete } from './letters-complete.ts';
import { nothingTwice } from './nothing-twice.ts';
import { outputsOf } from './outputs-read.ts';
import { subjectsOf } from './in-live/subjects.ts';
import { sameAsConcluded } from './same-as-concluded.ts';

/** Everything that a run did and should not have, or did not and should have, in words; none where all is well. `README.md` says what is compared. */
export const compare = (run: Observed): readonly string[] => {
  const outputs = outputsOf(run);
  const excused = excusedCustomers(run);
  const always = [
    ...nothingTwice(outputs),
    ...idsDerived(run, outputs),
    ...decisionsKept(run, outputs),
    ...capsKept(run, outputs),
    ...lettersComplete(run),
  ];
  const isDetermined = run.mode === 'records' && !run.weakened.missingAllowed;
  const isExcused = (of: string): boolean => excused.has(of);
  // In a determined run equality says more; only whom it can't be asked of is judged as of the clocks that the outputs name.
  const isAsked = isDetermined ? isExcused : (): boolean => true;
  const subjects = subjectsOf(run);
  return [
    ...new Set([
      ...always,
      ...(isDetermined ? sameAsConcluded(outputs, concludedFrom(run), isExcused) : issuesStanding(run, outputs, subjects, isExcused)),
      ...issuesJustified(run, outputs, subjects, isAsked),
      ...absenceStillTrue(run, outputs, subjects, isAsked),
      ...careFollowed(run, outputs, isAsked, isExcused),
    ]),
  ];
};
