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

/** A step that stands in for another is taken only where that one was not. Words cost nothing: they don't wait for what is held or with a person. */
export const notInstead: Examine = ({ case: { steps } }, { step }, ladder) => {
  if (step.unless === undefined) return undefined;
  const state = steps[keyOfStep(ladder, step.unless) ?? '']?.state ?? 'nothing';
  const isWord = step.remedy === 'notification' && step.announces === undefined;
  return examined(
    `"${step.unless}" was not ordered`,
    words[state],
    words.nothing,
    state === 'nothing' || (isWord && (state === 'held' || state === 'stopped')),
    state === 'held' || state === 'stopped' ? state : 'nothing',
  );
};
