import { keyOfStep } from '../ladder/numbered.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

const words = { ordered: 'ordered', shadow: 'only in shadow', held: 'held', stopped: 'with a person', nothing: 'not ordered' } as const;

/** A message that tells of a remedy is sent only once that was ordered. */
export const announced: Examine = ({ case: { steps } }, { step }, ladder) => {
  if (step.remedy !== 'notification' || step.announces === undefined) return undefined;
  const state = steps[keyOfStep(ladder, step.announces) ?? '']?.state ?? 'nothing';
  return examined(
    `"${step.announces}", which it tells of, was ordered`,
    words[state],
    words.ordered,
    state === 'ordered',
    state === 'stopped' ? 'nothing' : state,
  );
};
