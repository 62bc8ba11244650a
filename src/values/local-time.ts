import { Temporal } from 'temporal-polyfill';
import type { Instant } from './time.ts';
import { dayMs, instant } from './time.ts';

/** A stretch of one zone's local time in which `instant = local - offsetMs`. Bounds are local, in ms as if it were UTC. */
interface Span {
  readonly from: number;
  readonly before: number;
  readonly offsetMs: number;
}

/**
 * How far from the time asked about a span may reach. The search for the next change of a zone's offset gives up after
 * some years counted from today, so a span without bounds would depend on the day it was computed on.
 */
const reachMs = 700 * dayMs;
const maxSpansOfZone = 64;
const maxZones = 1_000;
const maxDays = 10_000;

const spansOf = new Map<string, Span[]>();
const dayEnds = new Map<string, Instant>();

/**
 * The span that a local time belongs to. Where clocks go forward, the local times that are skipped belong to the span
 * before; where they go back, those that come twice belong to the span after. So of two readings the later one is taken.
 */
const findSpan = (localMs: number, zone: string): Span => {
  const local = Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime();
  const at = local.toZonedDateTime(zone, { disambiguation: 'later' });
  // A skipped time reads as one after the gap, by the offset from before.
  const offsetMs = localMs - at.epochMilliseconds;
  // "Previous" leaves out the very moment it is asked at, so it is asked a nanosecond later.
  const changedBefore = (of: Temporal.ZonedDateTime | undefined) => of?.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  const inside = at.offsetNanoseconds / 1e6 === offsetMs ? at : changedBefore(at)?.subtract({ nanoseconds: 1 });
  const start = changedBefore(inside);
  const end = inside?.getTimeZoneTransition('next');
  const nearest = localMs - reachMs;
  const farthest = localMs + reachMs;
  return {
    from: start ? Math.max(nearest, start.epochMilliseconds + offsetMs) : nearest,
    before: end ? Math.min(farthest, end.epochMilliseconds + end.offsetNanoseconds / 1e6) : farthest,
    offsetMs,
  };
};

/**
 * The instant of a local time, given as ms since 1970 as if it were UTC. What a change of clocks skips is read with the
 * offset from before (02:30 becomes 03:30), what comes twice is read as the second: a deadline is never too early.
 * Cheap after the first of a zone and season; the zone must be an IANA name or an offset, else RangeError.
 */
export const instantOfLocalMs = (localMs: number, zone: string): Instant => {
  const spans = spansOf.get(zone);
  if (spans !== undefined) {
    for (const span of spans) if (localMs >= span.from && localMs < span.before) return instant(localMs - span.offsetMs);
  }
  const found = findSpan(localMs, zone);
  if (spans === undefined) {
    if (spansOf.size >= maxZones) spansOf.clear();
    spansOf.set(zone, [found]);
  } else {
    if (spans.length >= maxSpansOfZone) spans.length = 0;
    spans.push(found);
  }
  return instant(localMs - found.offsetMs);
};

/** The instant of a local time such as `2026-12-24T18:00` (seconds and fractions may follow) in a zone; see `instantOfLocalMs`. */
export const instantOfLocalTime = (local: string, zone: string): Instant => instantOfLocalMs(Date.parse(`${local}Z`), zone);

/** The end of a local day such as `2026-12-24`: the first instant of the next day, which is not midnight everywhere (America/Sao_Paulo, 2018-11-04 begins at 01:00). */
export const endOfLocalDay = (day: string, zone: string): Instant => {
  const name = `${zone} ${day}`;
  const known = dayEnds.get(name);
  if (known !== undefined) return known;
  const end = instant(Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds);
  if (dayEnds.size >= maxDays) dayEnds.clear();
  dayEnds.set(name, end);
  return end;
};

/** When a local day or time has passed: a day (`2026-12-24`) at its local midnight, a time (`2026-12-24T18:00`) at that time. */
export const endOfLocal = (dayOrTime: string, zone: string): Instant =>
  dayOrTime.length === 10 ? endOfLocalDay(dayOrTime, zone) : instantOfLocalTime(dayOrTime, zone);

const exists = new Map<string, boolean>();

const existsOnCalendar = (dayOrTime: string): boolean => {
  const ms = Date.parse(`${dayOrTime.length === 10 ? `${dayOrTime}T00:00` : dayOrTime}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(dayOrTime);
};

/** Whether a local day or time exists on the calendar and the clock: not 2026-02-30, not 25:00. */
export const isLocalDayOrTime = (dayOrTime: string): boolean => {
  const known = exists.get(dayOrTime);
  if (known !== undefined) return known;
  const found = existsOnCalendar(dayOrTime);
  // Promises name the same few days over and over.
  if (exists.size >= maxDays) exists.clear();
  if (dayOrTime.length <= 32) exists.set(dayOrTime, found);
  return found;
};
