import type { Scan } from '../topics/delivery-tracking.ts';
import { dayMs, hourMs, minuteMs } from '../values/time.ts';
import type { Trouble } from './case.ts';
import type { Chance } from './chance.ts';
import { dayOf } from './local-clock.ts';
import type { Order } from './order.ts';

/** A place on a parcel's way, when it got there by the clocks of the ship-to zone. */
export interface Stop {
  readonly local: number;
  readonly status: Scan['status'];
  readonly reason?: Scan['reason'];
}

/** Hubs between two times, not too far apart. */
const hubs = (from: number, before: number, chance: Chance): readonly Stop[] => {
  const stops: Stop[] = [];
  for (let local = from + chance.between(8, 20) * hourMs; local < before; local += chance.between(8, 20) * hourMs)
    stops.push({ local, status: 'in-transit' });
  return stops;
};

/** The last day: out in the morning, at the door at `local`. */
const lastDay = (local: number, chance: Chance): readonly Stop[] => [
  { local: dayOf(local) + chance.between(6, 8.5) * hourMs, status: 'out-for-delivery' },
  { local, status: 'delivered' },
];

/** At the door between nine and half past eight in the evening of that day, but before `before`. */
const atTheDoor = (day: number, before: number, chance: Chance): number =>
  chance.between(day + 9 * hourMs, Math.min(day + 20.5 * hourMs, before));

const byPlan = (order: Order, collected: number, chance: Chance): readonly Stop[] => {
  const promisedDay = dayOf(order.untilLocal - 1);
  const day = order.service === 'standard' && chance.happens(0.4) ? promisedDay - dayMs : promisedDay;
  const arrival = atTheDoor(day, order.untilLocal - hourMs, chance);
  // Some carriers scan nothing between the first hub and the door, and are on time all the same.
  const between =
    order.service === 'standard' && chance.happens(0.03)
      ? hubs(collected, collected + 20 * hourMs, chance).slice(0, 1)
      : hubs(collected, day, chance);
  const nobodyHome: readonly Stop[] =
    order.service === 'standard' && day === promisedDay && chance.happens(0.05)
      ? [{ local: day - 6 * hourMs, status: 'attempt-failed' }]
      : [];
  return [...between, ...nobodyHome, ...lastDay(arrival, chance)];
};

const late = (order: Order, collected: number, chance: Chance): readonly Stop[] => {
  const promisedDay = dayOf(order.untilLocal - 1);
  const arrival = atTheDoor(promisedDay + chance.int(1, 3) * dayMs, Infinity, chance);
  const toldToday: readonly Stop[] = chance.happens(0.5)
    ? [{ local: promisedDay + chance.between(6, 8.5) * hourMs, status: 'out-for-delivery' }]
    : [];
  return [...hubs(collected, promisedDay, chance), ...toldToday, ...lastDay(arrival, chance)];
};

const stalled = (collected: number, chance: Chance): readonly Stop[] => {
  const lastSeen = collected + chance.between(6, 14) * hourMs;
  const foundAgain = lastSeen + chance.between(4, 6.5) * dayMs;
  const arrival = atTheDoor(dayOf(foundAgain) + dayMs, Infinity, chance);
  return [{ local: lastSeen, status: 'in-transit' }, { local: foundAgain, status: 'in-transit' }, ...lastDay(arrival, chance)];
};

const lost = (collected: number, declared: boolean, chance: Chance): readonly Stop[] => {
  const lastSeen = collected + chance.between(6, 14) * hourMs;
  const declaration: readonly Stop[] = declared
    ? [{ local: lastSeen + chance.between(26, 70) * hourMs, status: 'exception', reason: 'lost' }]
    : [];
  return [{ local: lastSeen, status: 'in-transit' }, ...declaration];
};

/** Every stop of a parcel's way, in time order; what goes wrong on it is `trouble`. */
export const journey = (order: Order, trouble: Trouble | undefined, chance: Chance): readonly Stop[] => {
  const announced = order.placedLocal + chance.between(0.3, 2.5) * hourMs;
  const collected = Math.max(announced + hourMs, order.leavesLocal + chance.between(16, 20) * hourMs);
  const start: readonly Stop[] = [
    { local: announced, status: 'info-received' },
    { local: collected, status: 'in-transit' },
  ];
  switch (trouble) {
    case 'late':
      return [...start, ...late(order, collected, chance)];
    case 'late-by-a-little':
      return [...start, ...lastDay(order.untilLocal + chance.between(10, 150) * minuteMs, chance)];
    case 'stalled':
      return [...start, ...stalled(collected, chance)];
    case 'lost-declared':
    case 'lost-silently':
    case 'old-news':
      return [...start, ...lost(collected, trouble === 'lost-declared', chance)];
    default:
      return [...start, ...byPlan(order, collected, chance)];
  }
};
