import type { Outgoing } from '../../src/engine/log.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import type { ScanStatus } from '../../src/topics/delivery-tracking.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import { tickHeader } from '../../src/values/record.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, dayMs, hourMs, instant } from '../../src/values/time.ts';

const parcels = 100_000;
export const scansEach = 10;
export const partitions = 8;
const start = instant(Date.UTC(2026, 10, 1));

/** Nine scans on the way, then the last: most arrive, one in fifty goes silent after its third. */
const statuses: readonly ScanStatus[] = [
  'info-received',
  'in-transit',
  'in-transit',
  'in-transit',
  'in-transit',
  'in-transit',
  'in-transit',
  'out-for-delivery',
  'attempt-failed',
  'delivered',
];
const isTroubled = (parcel: number): boolean => parcel % 50 === 0;

const identity = (parcel: number) => ({
  carrier: `carrier-${parcel % 7}`,
  number: `1Z${String(parcel).padStart(12, '0')}`,
  shipment: `s${parcel}`,
});

const record = (topic: string, of: { key: Buffer | null; value: Buffer | null }, timestamp: Instant): Outgoing => ({
  topic,
  partition: partitionOf(of.key ?? Buffer.alloc(0), partitions),
  key: of.key,
  value: of.value,
  timestamp,
});

/** So many records are made at a time: the workload itself must not fill the memory that is measured. */
const atATime = 2_000;

function* inParts(make: (parcel: number) => Outgoing): Iterable<readonly Outgoing[]> {
  for (let from = 0; from < parcels; from += atATime) yield Array.from({ length: atATime }, (_, index) => make(from + index));
}

/** The promises, all made at the start. */
export const promises = (): Iterable<readonly Outgoing[]> =>
  inParts((parcel) => {
    const price = { amountMinor: 1_000 + (parcel % 9_000), currency: 'USD' };
    const promise = deliveryPromises.encode({
      ...identity(parcel),
      revision: 1,
      madeAt: new Date(start).toISOString(),
      order: `order-${parcel}` as never,
      customer: `customer-${parcel % 40_000}` as never,
      seller: `seller-${parcel % 500}`,
      fulfilledBy: 'us',
      lines: [{ line: '1', quantity: 1 }],
      components: [{ line: '1', component: 'line', money: price }],
      tenders: [{ tender: 'card', money: price, captured: true }],
      gift: false,
      window: { from: '2026-11-08', until: '2026-11-12', zone: 'America/New_York' },
    });
    return record(deliveryPromises.name, { key: promise.key, value: promise.value }, start);
  });

/** Round `scan` of the scans of all parcels, interleaved as a carrier's feed is, in order of time. */
export const scans = (scan: number): Iterable<readonly Outgoing[]> =>
  inParts((parcel) => {
    const at = after(start, hourMs + scan * dayMs + Math.floor((parcel * 22 * hourMs) / parcels));
    const silent = isTroubled(parcel) && scan > 2;
    const { key, value } = deliveryTracking.encode({
      // A troubled parcel's place in the feed is taken by one more scan of its neighbour, so that the number of records stays.
      ...identity(silent ? parcel + 1 : parcel),
      observedAt: new Date(at).toISOString(),
      status: statuses[scan] ?? 'in-transit',
      code: `C${scan}`,
      place: `hub ${(parcel * 31) % 97}, bay ${(parcel * 17) % 41}, sorted by machine ${(parcel * 7) % 13}`,
    });
    return record(deliveryTracking.name, { key, value }, at);
  });

const ticksAt = (timestamp: Instant, topics: readonly string[]): readonly Outgoing[] =>
  topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({
      topic,
      partition,
      key: null,
      value: null,
      timestamp,
      headers: new Map([[tickHeader, Buffer.alloc(0)]]),
    })),
  );

/** Says on every partition of the scans that time has come past the promises, so that those are folded before the first scan. */
export const beginning: readonly Outgoing[] = ticksAt(after(start, 1), [deliveryTracking.name]);

/** Says on every partition of the inputs that time has come to the end of round `scan`. */
export const ticks = (scan: number): readonly Outgoing[] =>
  ticksAt(after(start, hourMs + scan * dayMs + 22 * hourMs), [deliveryPromises.name, deliveryTracking.name]);
