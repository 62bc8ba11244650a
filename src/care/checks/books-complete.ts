import { durationInWords } from '../../values/duration.ts';
import { after } from '../../values/time.ts';
import type { Examine } from './examined.ts';
import { examined } from './examined.ts';

/**
 * What anyone gave for it before is known. Books are forgotten a claim window after their last record, so those that begin
 * later than that after the parcel was first promised, or the title bought, may be the second ones: then a person must look.
 */
export const booksComplete: Examine = ({ case: { issue }, purchase, ledger: { keptSince }, policy: { claimWindowMs } }) => {
  const since = issue.context.title === undefined ? issue.context.promisedSince : purchase?.purchasedAt;
  if (since === undefined || keptSince === undefined) return undefined;
  return examined(
    'all that was given for it is known',
    keptSince <= since ? 'the books begin before it' : `the books begin ${durationInWords(keptSince - since)} after it`,
    `within ${durationInWords(claimWindowMs)}`,
    keptSince < after(since, claimWindowMs),
    'stopped',
  );
};
