import { Temporal } from 'temporal-polyfill';
import { instantOfLocalMs } from '../values/local-time.ts';
import type { Instant } from '../values/time.ts';
import { dayMs, hourMs, secondMs } from '../values/time.ts';

/** What the clocks of a zone show, in ms as if it were UTC. */
export const localMsOf = (at: Instant, zone: string): number =>
  at + Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;

/** The instant at which the clocks of a zone show this, to the second. */
export const instantAt = (localMs: number, zone: string): Instant => instantOfLocalMs(Math.round(localMs / secondMs) * secondMs, zone);

/** The local midnight that a local time's day began with. */
export const dayOf = (localMs: number): number => Math.floor(localMs / dayMs) * dayMs;

/** `2026-12-24` */
export const dayText = (localMs: number): string => new Date(localMs).toISOString().slice(0, 10);

/** `2026-12-24T18:00` */
export const minuteText = (localMs: number): string => new Date(localMs).toISOString().slice(0, 16);

/** `2026-12-24T18:00:05`, without a zone, as some carriers write. */
export const secondText = (localMs: number): string => new Date(localMs).toISOString().slice(0, 19);

/** `at`, or the next morning at eight where it falls between ten at night and eight: nobody calls then. */
export const whenAwake = (at: Instant, zone: string): Instant => {
  const local = localMsOf(at, zone);
  const hour = (local - dayOf(local)) / hourMs;
  if (hour >= 8 && hour < 22) return at;
  return instantOfLocalMs(dayOf(local) + (hour < 8 ? 8 : 32) * hourMs + (Math.abs(at) % hourMs), zone);
};
