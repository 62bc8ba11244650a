import { durationInWords } from '../../values/duration.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** The issue has been open for the rule's settle time and the step's own. */
export const openLongEnough: Examine = ({ case: { openedAt }, now, rule }, { step }) => {
  const neededMs = Math.max(rule.settleMs, step.afterMs);
  return examined(
    'the problem has lasted long enough',
    durationInWords(now - openedAt),
    `at least ${durationInWords(neededMs)}`,
    now - openedAt >= neededMs,
  );
};
