import { describe, expect, it } from 'vitest';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { orderAdjustments } from '../../src/topics/order-adjustments.ts';
import { streamingPlayback } from '../../src/topics/streaming-playback.ts';
import { streamingPurchases } from '../../src/topics/streaming-purchases.ts';
import type { Topic } from '../../src/formats/topic.ts';
import type { World } from '../../src/world/holiday-week.ts';
import { holidayWeek } from '../../src/world/holiday-week.ts';
import type { WorldRecord } from '../../src/world/world-record.ts';
import { partitionFor } from '../../src/world/world-record.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import { instant } from '../../src/values/time.ts';

const topics = new Map<string, Topic<unknown>>(
  [deliveryPromises, deliveryTracking, orderAdjustments, streamingPlayback, streamingPurchases].map((topic) => [
    topic.name,
    topic as Topic<unknown>,
  ]),
);

const decode = ({ topic, key, value, timestamp }: WorldRecord) =>
  topics.get(topic)?.decode({ topic, partition: 0, offset: 0, timestamp, key, value, headers: () => new Map() });

const world = holidayWeek({ seed: 7 });

const printed = ({ records, cases }: World): string =>
  JSON.stringify([
    cases,
    records.map(({ topic, key, value, timestamp, fault }) => [topic, key?.toString(), value?.toString(), timestamp, fault]),
  ]);

const shareOf = (of: World, is: (of: World['cases'][number]) => boolean): number => of.cases.filter(is).length / of.cases.length;

describe('the world', () => {
  it('is the same for the same seed', () => {
    expect(printed(holidayWeek({ seed: 3, parcels: 300, films: 30 }))).toBe(printed(holidayWeek({ seed: 3, parcels: 300, films: 30 })));
  });

  it('is another for another seed', () => {
    expect(printed(holidayWeek({ seed: 3, parcels: 300, films: 30 }))).not.toBe(printed(holidayWeek({ seed: 4, parcels: 300, films: 30 })));
  });

  it('moves with its start', () => {
    const start = instant(Date.UTC(2027, 2, 1));
    const { records } = holidayWeek({ seed: 3, start, parcels: 300, films: 30 });
    expect(records.every(({ timestamp }) => timestamp >= start)).toBe(true);
  });

  it('is told in the order of time', () => {
    expect(world.records.every(({ timestamp }, at) => at === 0 || timestamp >= (world.records[at - 1]?.timestamp ?? 0))).toBe(true);
  });

  it('ends when it says it ends', () => {
    expect(world.records.every(({ timestamp }) => timestamp >= world.start && timestamp < world.end)).toBe(true);
  });

  it.each([1, 7, 42])('of seed %i is in trouble for three to five cases of a hundred', (seed) => {
    const share = shareOf(holidayWeek({ seed }), ({ trouble }) => trouble !== undefined);
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.05);
  });

  it('knows every kind of trouble', () => {
    expect(new Set(world.cases.flatMap(({ trouble }) => trouble ?? []))).toEqual(
      new Set(['late', 'late-by-a-little', 'stalled', 'lost-declared', 'lost-silently', 'stuttered', 'old-news', 'stuttered-subscription']),
    );
  });

  it('has nobody call about what is fine', () => {
    expect(shareOf(world, ({ trouble, wouldCallAt }) => trouble === undefined && wouldCallAt !== undefined)).toBe(0);
  });

  it('tells nothing unreadable where no producer made a mistake', () => {
    const unreadable = world.records.filter(({ fault }) => fault === undefined).flatMap((record) => { const decoded = decode(record); return decoded?.kind === 'read' ? [] : [decoded]; }); // prettier-ignore
    expect(unreadable).toEqual([]);
  });

  it.each([
    ['not-json', 'AMENDS_RECORD_NOT_JSON'],
    ['unknown-status', 'AMENDS_RECORD_INVALID'],
    ['no-key', 'AMENDS_KEY_MISSING'],
    ['empty', 'AMENDS_RECORD_EMPTY'],
  ])('tells a few records that are bad in this way: %s', (fault, code) => {
    const codes = world.records.filter((record) => record.fault === fault).map((record) => { const decoded = decode(record); return decoded?.kind === 'unreadable' ? decoded.code : decoded?.kind; }); // prettier-ignore
    expect([...new Set(codes)]).toEqual([code]);
  });

  it('puts a few records where their key does not belong, and all others where it does', () => {
    const strays = world.records.filter((record) => record.key !== null && partitionFor(record, 4) !== partitionOf(record.key, 4));
    expect([strays.length > 0, strays.every(({ fault }) => fault === 'misplaced')]).toEqual([true, true]);
  });

  it('has scans that come twice, late, dated years ahead, without a zone, and before the promise', () => {
    const scans = world.records.filter(({ topic, fault }) => topic === deliveryTracking.name && fault === undefined);
    const text = scans.map(({ value }) => value?.toString() ?? '');
    const observed = text.map((scan) => /"observedAt":"([^"]*)"/.exec(scan)?.[1] ?? '');
    const promised = new Map(
      world.records.filter(({ topic }) => topic === deliveryPromises.name).map(({ key, timestamp }) => [key?.toString(), timestamp]),
    );
    expect({
      twice: new Set(text).size < text.length,
      late: scans.some(({ timestamp }, at) => timestamp - Date.parse(observed[at] ?? '') > 9 * 3_600_000 && timestamp > world.start),
      ahead: observed.some((at) => at.startsWith('2028')),
      withoutZone: text.some((scan) => !scan.includes('"zone"') && /"observedAt":"[^"]*:\d\d"/.test(scan)),
      beforePromise: scans.some(({ key, timestamp }) => timestamp < (promised.get(key?.toString()) ?? 0)),
    }).toEqual({ twice: true, late: true, ahead: true, withoutZone: true, beforePromise: true });
  });

  it('pays in several currencies', () => {
    const currencies = new Set(
      world.records.flatMap(({ value }) => Array.from(value?.toString().matchAll(/"currency":"([A-Z]{3})"/g) ?? [], (match) => match[1])),
    );
    expect(currencies).toEqual(new Set(['BRL', 'EUR', 'JPY', 'USD']));
  });

  it('has associates who give money by themselves, also where something is wrong', () => {
    const refunded = new Set(
      world.records
        .filter(({ topic }) => topic === orderAdjustments.name)
        .map(({ value }) => /"adjustment":"a-(s-\d+)"/.exec(value?.toString() ?? '')?.[1]),
    );
    expect(world.cases.some(({ subject, trouble }) => trouble !== undefined && refunded.has(subject.split(':')[2]))).toBe(true);
  });

  it('is over in time where all is fine: parcels without trouble arrive inside their window', () => {
    const arrivals = new Map<string, string>();
    for (const { key, value, fault } of world.records) if (fault === undefined && value?.includes('"status":"delivered"')) arrivals.set(key?.toString() ?? '', value.toString()); // prettier-ignore
    const untils = new Map<string, string>();
    for (const { topic, key, value } of world.records) if (topic === deliveryPromises.name) untils.set(key?.toString() ?? '', /"until":"([^"]*)"/.exec(value?.toString() ?? '')?.[1] ?? ''); // prettier-ignore
    // Compared by the day: a local day is at most 14 hours away from the UTC day that the scan is written in.
    const tooLate = world.cases.filter(({ subject, trouble }) => {
      const arrived = Date.parse(/"observedAt":"(\d{4}-\d\d-\d\dT\d\d:\d\d)/.exec(arrivals.get(subject) ?? '')?.[1] ?? '');
      const until = untils.get(subject) ?? '';
      return trouble === undefined && arrived > Date.parse(until.length === 10 ? `${until}T23:59Z` : `${until}Z`) + 14 * 3_600_000;
    });
    expect(tooLate).toEqual([]);
  });
});
