import { keyOfStep } from '../ladder/numbered.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

const words = {
  ordered: 'was ordered',
  shadow: 'would have been ordered',
  held: 'is held',
  stopped: 'is with a person',
  nothing: 'was not possible',
} as const;

/** A step that stands in for another is taken only where that one was not. */
export const notInstead: Examine = ({ case: { steps } }, { step }, ladder) => {
  if (step.unless === undefined) return undefined;
  const state = steps[keyOfStep(ladder, step.unless) ?? '']?.state ?? 'nothing';
  return examined(
    `"${step.unless}" was not ordered`,
    words[state],
    words.nothing,
    state === 'nothing',
    state === 'held' || state === 'stopped' ? state : 'nothing',
  );
};
