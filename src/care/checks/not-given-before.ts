import { highestOf } from '../cases/case.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** This issue did not order this remedy, or a later one of its kind, in an earlier run of the ladder. What was held was not ordered. */
export const notGivenBefore: Examine = ({ case: of }, { step, nth, key }) => {
  const highest = highestOf(of, step.remedy);
  const held = of.steps[key]?.state === 'held';
  return examined(
    `not ordered before for this problem`,
    `${step.remedy} number ${nth}`,
    highest === 0 || held ? 'any' : `above number ${highest}`,
    held || nth > highest,
  );
};
