import { templates } from '../../policy/templates.ts';
import { durationInWords } from '../../values/duration.ts';
import { readFrom } from '../voice/not-before.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** A message that says "it may still arrive in time" is true only before the promised end, one that says "it is late" only after; what counts is when it is read. */
export const wordsTrue: Examine = (of, { step }) => {
  const { promisedUntil } = of.case.issue.context;
  if (step.remedy !== 'notification' || promisedUntil === undefined) return undefined;
  const { trueOnly } = { trueOnly: undefined, ...templates[step.message] };
  if (trueOnly === undefined) return undefined;
  const lateMs = readFrom(of) - promisedUntil;
  return examined(
    'the words are true when they are read',
    `${durationInWords(lateMs)} ${lateMs < 0 ? 'before' : 'past'} the promised end`,
    `${trueOnly} the promised end`,
    trueOnly === 'before' ? lateMs < 0 : lateMs >= 0,
  );
};
