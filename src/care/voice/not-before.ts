import { Temporal } from 'temporal-polyfill';
import type { Policy } from '../../policy/policy.ts';
import type { Instant } from '../../values/time.ts';
import { instant } from '../../values/time.ts';
import { zoneOf } from '../messages/facts.ts';
import type { Situation } from '../situation.ts';

/** When a message decided now reaches the customer at the earliest. */
export const readFrom = (of: Situation): Instant => notBefore(of.now, of.policy.quietHours, zoneOf(of));

/** The earliest instant from `now` on that lies outside the quiet hours of an IANA zone: a message waits for the morning, it is never dropped. */
export const notBefore = (now: Instant, quietHours: Policy['quietHours'], zone: string): Instant => {
  const from = Temporal.PlainTime.from(quietHours.from);
  const until = Temporal.PlainTime.from(quietHours.until);
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  const time = local.toPlainTime();
  const isFrom = Temporal.PlainTime.compare(time, from) >= 0;
  const isBefore = Temporal.PlainTime.compare(time, until) < 0;
  const overnight = Temporal.PlainTime.compare(from, until) > 0;
  const quiet = overnight ? isFrom || isBefore : isFrom && isBefore;
  if (!quiet) return now;
  const day = overnight && isFrom ? local.toPlainDate().add({ days: 1 }) : local.toPlainDate();
  const ends = day.toZonedDateTime({ timeZone: zone, plainTime: until });
  return instant(Math.max(now, ends.epochMilliseconds));
};
