import type { Scan } from '../topics/delivery-tracking.ts';
import { instantOfLocalMs } from '../values/local-time.ts';
import type { Instant } from '../values/time.ts';
import { dayMs, instant } from '../values/time.ts';

/** What was odd about a scan or its time; the outcome of each is in the README. */
export type ScanFlag = 'zone-missing' | 'future' | 'duplicate' | 'out-of-order' | 'before-promise' | 'no-hand-over' | 'after-delivery';

/** How far into the future a scan may be dated (zones mistaken for another, clocks that run fast) before its time is no longer believed. */
const believableMs = dayMs;

const colon = 58;
const plus = 43;
const minus = 45;

/** Whether an ISO 8601 time says its offset: ends in `Z` or `+01:00`. */
const hasOffset = (time: string): boolean => {
  const { length } = time;
  if (time.endsWith('Z')) return true;
  const sign = time.charCodeAt(length - 6);
  return time.charCodeAt(length - 3) === colon && (sign === plus || sign === minus);
};

/** The time of a scan as its bytes say it, in ms, a local time as if it were UTC: never depends on when or after what it is read. */
export const toldOf = (scan: Scan): number => Date.parse(hasOffset(scan.observedAt) ? scan.observedAt : `${scan.observedAt}Z`);

/** Whether a scan's time can be taken as told: it has an offset, and isn't more than a day after it was logged. */
export const isPlain = (scan: Scan, told: number, loggedAt: Instant): boolean =>
  told - loggedAt <= believableMs && hasOffset(scan.observedAt);

/** How a scan's time was read. `firm`: it would be read the same whenever and after whatever it came. */
export interface Reading {
  readonly observed: Instant;
  readonly firm: boolean;
  readonly flags: readonly ScanFlag[];
}

/**
 * When a scan that isn't plain is taken to have been observed. Local: in the scan's zone, else in `shipTo` (flag
 * `zone-missing`), else UTC, and never later than `loggedAt`. More than a day after `loggedAt`: at `loggedAt` (flag `future`).
 */
export const readTime = (scan: Scan, told: number, shipTo: string | undefined, loggedAt: Instant): Reading => {
  const local = !hasOffset(scan.observedAt);
  const observed = local ? instantOfLocalMs(told, scan.zone ?? shipTo ?? 'UTC') : instant(told);
  const flags: ScanFlag[] = [];
  if (local && scan.zone === undefined) flags.push('zone-missing');
  if (observed - loggedAt > believableMs) flags.push('future');
  const late = observed > loggedAt && (local || flags.length > 0);
  return { observed: late ? loggedAt : observed, firm: !late && flags.length === 0, flags };
};
