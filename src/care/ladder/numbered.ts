import type { Policy, Rule, Step } from '../../policy/policy.ts';
import type { Instant } from '../../values/time.ts';
import { after, instant } from '../../values/time.ts';
import type { Case } from '../cases/case.ts';

/** A step in its place: `nth` of its kind in the ladder, and when it is due. */
export interface NumberedStep {
  readonly step: Step;
  readonly nth: number;
  /** `refund/1`: what the case remembers it by. */
  readonly key: string;
  readonly dueAt: Instant;
}

/** Refund, credit, replacement: what moves money or goods. */
const movesMoney = ({ remedy }: Step): boolean => remedy === 'refund' || remedy === 'credit' || remedy === 'replacement';

/** When lateness may cost money: the promised end and the grace; undefined where nothing is promised or the carrier declared the loss. */
export const promiseOverAt = ({ issue }: Case, policy: Policy): Instant | undefined =>
  issue.context.lossDeclared === true || issue.context.promisedUntil === undefined
    ? undefined
    : after(issue.context.promisedUntil, policy.promiseGraceMs);

/**
 * The steps of a rule's ladder for a case, in its order, each with its number and deadline: once the issue has been open for
 * `settle` and the step's `after`; what moves money not before the promise is over; what refers to another step not before that.
 */
export const numbered = (rule: Rule, of: Case, policy: Policy): readonly NumberedStep[] => {
  const counts = new Map<string, number>();
  const due = new Map<string, Instant>();
  return rule.ladder.map((step) => {
    const nth = (counts.get(step.remedy) ?? 0) + 1;
    counts.set(step.remedy, nth);
    const others = [step.unless, step.remedy === 'notification' ? step.announces : undefined].map((name) => due.get(name ?? '') ?? 0);
    const own = after(of.openedAt, Math.max(rule.settleMs, step.afterMs));
    const dueAt = instant(Math.max(own, ...others, movesMoney(step) ? (promiseOverAt(of, policy) ?? 0) : 0));
    due.set(step.name, dueAt);
    return { step, nth, key: `${step.remedy}/${nth}`, dueAt };
  });
};

/** The place of another step of the ladder by its name. */
export const keyOfStep = (ladder: readonly NumberedStep[], name: string): string | undefined =>
  ladder.find(({ step }) => step.name === name)?.key;

/** The order in which steps that are due together are taken: the ladder's, but for a word that tells of no remedy and that no step refers to. It comes last, so that it can be left out where a message tells of one. */
export const wordsLast = (ladder: readonly NumberedStep[]): readonly NumberedStep[] => {
  const isWord = ({ step }: NumberedStep): boolean =>
    step.remedy === 'notification' && step.announces === undefined && !ladder.some(({ step: { unless } }) => unless === step.name);
  return [...ladder.filter((step) => !isWord(step)), ...ladder.filter(isWord)];
};
