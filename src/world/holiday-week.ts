import type { Instant } from '../values/time.ts';
import { after, dayMs, hourMs, instant, minuteMs } from '../values/time.ts';
import type { Case, Trouble } from './case.ts';
import { Chance } from './chance.ts';
import type { Customer } from './customer.ts';
import { customerOf } from './customer.ts';
import { filmStory } from './film.ts';
import { dayOf, localMsOf } from './local-clock.ts';
import type { Story } from './parcel.ts';
import { parcelStory } from './parcel.ts';
import { spoil } from './spoil.ts';
import type { Fault, WorldRecord } from './world-record.ts';

export interface World {
  readonly start: Instant;
  readonly end: Instant;
  /** In time order. */
  readonly records: readonly WorldRecord[];
  /** The truth, which nobody who reads the records can know. */
  readonly cases: readonly Case[];
}

/** Midnight UTC of a Friday: a week to get going, then the week that ends on Christmas Eve, with film night on its Saturday. */
const defaultStart = instant(Date.UTC(2026, 11, 11));
const days = 14;
const filmNight = 8;
/** Trouble takes days to show; what is ordered later than this could show it only after the end. */
const lastTroubleDay = 9;

/** Of the parcels ordered early enough, this share runs into trouble: about 4 % of all. */
const parcelTroubleShare = 0.055;
const parcelTroubles: readonly (readonly [Trouble, number])[] = [
  ['late', 44],
  ['late-by-a-little', 16],
  ['stalled', 18],
  ['lost-declared', 14],
  ['lost-silently', 8],
];

const faults: readonly Fault[] = ['not-json', 'no-key', 'unknown-status', 'misplaced', 'empty'];
/** One parcel in so many has a record spoilt: a handful of each kind in the default world. */
const spoiltOneIn = 160;

/** When an order is placed: days all alike but for a rush before the last, hours by day. */
const placedAfterStart = (chance: Chance): number => {
  const day = chance.weighted(Array.from({ length: days - 2 }, (_, at) => [at, at < 7 ? 7 : 11] as const));
  return day * dayMs + chance.between(7, 22.5) * hourMs;
};

const parcelOf = (seed: number, number: number, customer: Customer, start: Instant): Story => {
  const chance = new Chance(seed, 'parcel', number);
  const firstDay = dayOf(localMsOf(start, customer.zone) + 12 * hourMs);
  if (number % 25 === 0) {
    // On its way, or long there, when we begin to look.
    const quiet = number % 400 === 0;
    const trouble: Trouble | undefined = quiet ? 'lost-silently' : number % 400 === 200 ? 'old-news' : undefined;
    const ago = quiet ? chance.between(1, 2.5) : trouble ? chance.between(20, 26) : chance.between(3, 16);
    return parcelStory({ number, customer, placedLocal: firstDay - ago * dayMs, trouble, chance });
  }
  const placed = placedAfterStart(chance);
  const trouble = placed < lastTroubleDay * dayMs && chance.happens(parcelTroubleShare) ? chance.weighted(parcelTroubles) : undefined;
  const story = parcelStory({ number, customer, placedLocal: firstDay + placed, trouble, chance });
  const fault = number % spoiltOneIn === 7 && trouble === undefined ? faults[Math.floor(number / spoiltOneIn) % faults.length] : undefined;
  return fault ? spoil(story, fault, chance) : story;
};

const filmOf = (seed: number, number: number, customer: Customer, start: Instant): Story => {
  const chance = new Chance(seed, 'film', number);
  const firstDay = dayOf(localMsOf(start, customer.zone) + 12 * hourMs);
  const isFilmNight = chance.happens(0.5);
  const day = isFilmNight ? filmNight : chance.int(0, days - 2);
  const startsLocal = firstDay + day * dayMs + chance.between(18 * 60, 22 * 60) * minuteMs;
  const cdn = chance.pick(['cdn-aspen', 'cdn-birch', 'cdn-cobalt']);
  // On film night one network has a bad evening; else a wire is loose here and there.
  const stutters = chance.happens(isFilmNight && cdn === 'cdn-cobalt' ? 0.25 : 0.03);
  const trouble: Trouble | undefined = stutters ? (chance.happens(0.25) ? 'stuttered-subscription' : 'stuttered') : undefined;
  return filmStory({ number, customer, startsLocal, trouble, cdn, chance });
};

const beginOf = ({ records }: Story, start: Instant): Instant =>
  instant(Math.max(start, Math.min(...records.map(({ timestamp }) => timestamp))));

/**
 * Two weeks of parcels and films before Christmas Eve, about 4 % of them in trouble, the same for the same seed. What was
 * under way before `start` (4 % of the parcels) is told at `start` at once, as to anyone who begins to read a topic.
 */
export const holidayWeek = (of: {
  readonly seed: number;
  readonly start?: Instant;
  readonly parcels?: number;
  readonly films?: number;
}): World => {
  const { seed, start = defaultStart, parcels = 3_000, films = 400 } = of;
  const end = after(start, days * dayMs);
  const customers = Math.max(1, Math.round(parcels * 0.6));
  const stories: Story[] = [];
  const customer = (kind: string, number: number): Customer => customerOf(seed, new Chance(seed, kind, 'whose', number).int(1, customers));
  for (let number = 1; number <= parcels; number += 1) stories.push(parcelOf(seed, number, customer('parcel', number), start));
  for (let number = 1; number <= films; number += 1) stories.push(filmOf(seed, number, customer('film', number), start));
  const records = stories
    .flatMap((story) => story.records)
    .filter(({ timestamp }) => timestamp < end)
    .toSorted((a, b) => a.timestamp - b.timestamp)
    .map((record) => (record.timestamp < start ? { ...record, timestamp: start } : record));
  return { start, end, records, cases: stories.map((story) => ({ ...story.case, beginsAt: beginOf(story, start) })) };
};
