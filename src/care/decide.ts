import { durationInWords } from '../values/duration.ts';
import { after } from '../values/time.ts';
import type { Case } from './cases/case.ts';
import { close } from './cases/close.ts';
import { tryAgainMs } from './controls/try-again.ts';
import { decisionIn } from './decision-in.ts';
import { numbered, wordsLast } from './ladder/numbered.ts';
import { takeStep } from './ladder/take-step.ts';
import type { Ruled, Situation } from './situation.ts';
import type { Verdict } from './verdict.ts';

const asleep = ({ wakeAt: _wakeAt, ...of }: Case): Case => of;
const quiet = (of: Situation, changed: Partial<Case> = {}): Verdict => ({
  decisions: [],
  commands: [],
  case: { ...asleep(of.case), ...changed },
  ledger: of.ledger,
});

/** True for too long before anybody told us: shown, counted, and left to a person. */
const isOldNews = ({ case: { issue, firstOpenedAt, seen, ordered }, policy }: Situation): boolean =>
  !seen && ordered.length === 0 && firstOpenedAt - issue.finding.since > policy.freshForMs;

const oldNews = (of: Situation): Verdict => {
  const saw = `true for ${durationInWords(of.case.firstOpenedAt - of.case.issue.finding.since)} when first heard of`;
  const because = [{ check: 'it is fresh news', saw, needed: `at most ${durationInWords(of.policy.freshForMs)}`, passed: false }];
  return { ...quiet(of, { seen: true, over: true, historic: true }), decisions: [decisionIn(of, { outcome: 'historic', because })] };
};

const noRule = (of: Situation): Verdict => {
  const { detector, finding } = of.case.issue;
  if (of.case.unruled === finding.reason) return quiet(of);
  const because = [{ check: 'a rule is there for it', saw: `none for ${detector} (${finding.reason})`, needed: 'a rule', passed: false }];
  return { ...quiet(of, { seen: true, unruled: finding.reason }), decisions: [decisionIn(of, { outcome: 'nothing', because })] };
};

/** Takes the steps that are due. Of a case that closed and is owed something: only what was held. */
const climb = (of: Ruled): Verdict => {
  const { owed } = of.case;
  const ladder = numbered(of.rule, of.case, of.policy);
  let now: Ruled = of;
  let verdict = quiet(of, { seen: true });
  for (const step of wordsLast(ladder)) {
    const before = now.case.steps[step.key]?.state;
    if (step.dueAt > of.reached || (before !== 'held' && (owed || before !== undefined))) continue;
    const taken = takeStep({ ...now, case: verdict.case }, step, ladder);
    const stillHeld = before === 'held' && taken.case.steps[step.key]?.state === 'held';
    verdict = {
      decisions: stillHeld ? verdict.decisions : [...verdict.decisions, taken.decision],
      commands: [...verdict.commands, ...taken.commands],
      case: taken.case,
      ledger: taken.ledger,
    };
    now = { ...now, case: taken.case, ledger: taken.ledger };
  }
  const isHeld = ladder.some(({ key }) => verdict.case.steps[key]?.state === 'held');
  const nextDue = owed ? [] : ladder.filter(({ key }) => verdict.case.steps[key] === undefined).map(({ dueAt }) => dueAt);
  const tryAgain = isHeld && of.permit.armed && !of.money && of.now < of.case.forgetAt ? [after(of.now, tryAgainMs)] : [];
  const wakeAt = [...nextDue, ...tryAgain].sort((a, b) => a - b)[0];
  if (!of.case.seen && verdict.decisions.length === 0 && wakeAt !== undefined) {
    const because = [{ check: 'a step is due', saw: `the first in ${durationInWords(wakeAt - of.now)}`, needed: 'now', passed: false }];
    verdict = { ...verdict, decisions: [decisionIn(of, { outcome: 'waiting', because, again: wakeAt })] };
  }
  return { ...verdict, case: { ...verdict.case, ...(wakeAt !== undefined && { wakeAt }), ...(owed && !isHeld && { over: true }) } };
};

/** Looks at a case that was woken: what is decided, ordered and remembered, and (in the case) when to look again. Pure. */
export const decide = (of: Situation): Verdict => {
  const { rule } = of;
  if (of.case.over) return quiet(of);
  if (of.case.closedAt !== undefined && of.case.owed !== true)
    return of.case.unruled !== of.case.issue.finding.reason || of.case.ordered.length > 0 ? close(of) : quiet(of, { over: true });
  if (isOldNews(of)) return oldNews(of);
  if (of.case.owed && rule === undefined) return quiet(of, { over: true });
  return rule === undefined ? noRule(of) : climb({ ...of, rule });
};
