import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { orderAdjustments } from '../../src/topics/order-adjustments.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, dayMs, hourMs, minuteMs } from '../../src/values/time.ts';
import type { Trouble } from '../../src/world/case.ts';
import { Chance } from '../../src/world/chance.ts';
import { customerOf } from '../../src/world/customer.ts';
import { filmStory } from '../../src/world/film.ts';
import type { Story } from '../../src/world/parcel.ts';
import { parcelStory } from '../../src/world/parcel.ts';
import type { WorldRecord } from '../../src/world/world-record.ts';
import { recordOf } from '../../src/world/world-record.ts';
import type { Script, Told } from './story.ts';
import { fine, inOrder, spoiltOf, withDuplicates } from './story.ts';

const parcelTroubles: readonly (readonly [Trouble | undefined, number])[] = [
  [undefined, 3],
  ['late', 3],
  ['late-by-a-little', 1],
  ['stalled', 2],
  ['lost-declared', 2],
  ['lost-silently', 2],
  ['old-news', 1],
];

/** What the order service says when an order is cancelled. */
const cancelled = ({ records, case: { customer } }: Story, at: Instant): readonly WorldRecord[] => {
  const promise = records.map(({ value }) => JSON.parse(value?.toString('utf8') ?? '{}')).find((value) => 'components' in value);
  return [
    recordOf(
      orderAdjustments,
      orderAdjustments.schema.parse({
        adjustment: `cancel-${promise.order}`,
        customer,
        order: promise.order,
        kind: 'cancellation',
        by: 'self-service',
        components: promise.components,
        madeAt: new Date(at).toISOString(),
      }),
      at,
    ),
  ];
};

/**
 * Some dozens of customers in `records` time, from the demo's world: parcels of all fates, films, what associates give, orders
 * that are cancelled, records that can't be read or bear another's key. Weeks pass; nothing is told on the last forty days.
 */
export const scriptInRecords = (seed: number, start: Instant): Script => {
  const chance = new Chance(seed, 'records-script');
  const parcels = chance.int(8, 22);
  const films = chance.int(1, 3);
  const customers = Math.max(3, Math.round(parcels * 0.7));
  const first = Date.UTC(2026, 11, 1);
  const stories: Story[] = [];
  const told: Told[] = [];
  for (let number = 1; number <= parcels; number += 1) {
    const own = new Chance(seed, 'parcel', number);
    const story = parcelStory({
      number,
      customer: customerOf(seed, own.int(1, customers)),
      placedLocal: first + own.between(0, 6 * dayMs),
      trouble: own.weighted(parcelTroubles),
      chance: own,
    });
    stories.push(story);
    told.push(...story.records.map(fine));
    const begun = story.records[0]?.timestamp ?? start;
    if (own.happens(0.1)) told.push(...cancelled(story, after(begun, own.int(1, 6 * 24) * hourMs)).map(fine));
  }
  for (let number = 1; number <= films; number += 1) {
    const own = new Chance(seed, 'film', number);
    const story = filmStory({
      number,
      customer: customerOf(seed, own.int(1, customers)),
      startsLocal: first + own.int(0, 5) * dayMs + own.between(18, 22) * hourMs,
      trouble: own.weighted([['stuttered', 3], ['stuttered-subscription', 1], [undefined, 1]]), // prettier-ignore
      cdn: 'cdn-aspen',
      chance: own,
    });
    told.push(...story.records.map(fine));
  }
  const scans = stories.flatMap((story) =>
    story.records.filter(({ topic }) => topic === deliveryTracking.name).map((record) => ({ record, subject: story.case.subject })),
  );
  if (chance.happens(0.6)) {
    const { record, subject } = chance.pick(scans);
    const timestamp = after(record.timestamp, chance.int(2, 50) * minuteMs);
    const how = chance.pick(['not-json', 'unknown-status', 'no-key', 'empty'] as const);
    told.push({ record: { ...spoiltOf(record, how), timestamp }, kinds: ['a bad record'], about: subject });
  }
  if (chance.happens(0.4)) {
    const { record, subject } = chance.pick(scans);
    const other = chance.pick(scans);
    const timestamp = after(record.timestamp, chance.int(2, 50) * minuteMs);
    if (other.subject !== subject)
      told.push({ record: { ...record, key: other.record.key, timestamp }, kinds: ['a record under a wrong key'], about: subject });
  }
  const all = inOrder(withDuplicates(told, 0.04, 3 * hourMs, chance)).map((each) =>
    each.record.timestamp < start ? { ...each, record: { ...each.record, timestamp: start } } : each,
  );
  const end = all.at(-1)?.record.timestamp ?? start;
  return { start, end, until: after(end, 45 * dayMs), told: all };
};
