import { durationInWords } from '../../values/duration.ts';
import { promiseOverAt } from '../ladder/numbered.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/** A late parcel moves no money before its promised end and the grace, unless the carrier declared it lost. */
export const promiseOver: Examine = ({ case: of, now, policy }) => {
  const { title, lossDeclared, promisedUntil } = of.issue.context;
  const check = 'the promised time is over';
  const needed = `the promised end and ${durationInWords(policy.promiseGraceMs)}`;
  if (title !== undefined) return undefined;
  if (lossDeclared === true) return examined(check, 'the carrier declared the parcel lost', needed, true);
  const overAt = promiseOverAt(of, policy);
  if (promisedUntil === undefined || overAt === undefined) return examined(check, 'no promise is known', needed, false);
  const late = now - promisedUntil;
  return examined(
    check,
    late < 0 ? `${durationInWords(late)} before the promised end` : `${durationInWords(late)} past the promised end`,
    needed,
    now >= overAt,
  );
};
