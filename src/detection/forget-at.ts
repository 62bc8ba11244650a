import type { Instant } from '../values/time.ts';
import { after, instant } from '../values/time.ts';
import type { Watches } from './track.ts';

/**
 * When a subject may be forgotten of which no detector wants to hear any more: a claim window (`claimWindowMs`) after
 * `restedAt`, the last instant that it tells of. With an open issue two of them after that issue became true: in the first
 * its ladder ends, and a policy that can't keep to that is refused; in the second what was held can still be given, and
 * until then an arrival must be heard of.
 */
export const forgetAt = (watches: Watches, restedAt: Instant, claimWindowMs: number): Instant => {
  let last: number = restedAt;
  let windows = 1;
  for (const name in watches) {
    const open = watches[name]?.open;
    if (open === undefined) continue;
    last = Math.max(last, open.finding.since);
    windows = 2;
  }
  return after(instant(last), windows * claimWindowMs);
};
