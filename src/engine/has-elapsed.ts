import type { Instant } from '../values/time.ts';
import { after } from '../values/time.ts';

/**
 * True once `forMs` have passed since `since` by the host's clock, and also where that was set back behind `since`: after an
 * hour ahead nobody may wait for the hour to come again.
 */
export const hasElapsed = (now: Instant, since: Instant, forMs: number): boolean => now >= after(since, forMs) || now < since;
