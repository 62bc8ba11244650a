import { commandIdOf } from '../../values/ids.ts';
import { highestOf } from '../cases/case.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/**
 * This issue did not order this remedy, or a later one of its kind, in an earlier run of the ladder; nor do the order's
 * books have this very command, by an adjustment or from a case that is forgotten. What was held was not ordered.
 */
export const notGivenBefore: Examine = ({ case: of, ledger }, { step, nth, key }) => {
  const check = 'not ordered before for this problem';
  const highest = highestOf(of, step.remedy);
  const held = of.steps[key]?.state === 'held';
  const id = commandIdOf(of.issue.id, step.remedy, nth);
  if (nth > highest && ledger.ours[id] !== undefined)
    return examined(check, `the books have ${id}`, 'a command that they do not have', false);
  return examined(check, `${step.remedy} number ${nth}`, highest === 0 || held ? 'any' : `above number ${highest}`, held || nth > highest);
};
