import type { Outgoing } from '../../src/engine/log.ts';
import type { Topic } from '../../src/formats/topic.ts';
import type { DeliveryPromise } from '../../src/topics/delivery-promises.ts';
import type { Scan } from '../../src/topics/delivery-tracking.ts';
import type { CustomerId, OrderId } from '../../src/values/ids.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import type { Instant } from '../../src/values/time.ts';

const identity = (parcel: number) => ({
  carrier: `carrier-${parcel % 7}`,
  number: `1Z${String(parcel).padStart(12, '0')}`,
  shipment: `s${parcel}`,
});

/** The customer of a parcel; each has one. */
const customerOf = (parcel: number): string => `customer-${parcel}`;

/** The parcel of a customer. */
export const parcelOf = (customer: string): number => Number(customer.slice('customer-'.length));

/** What was promised for parcel number `parcel` at `at`; its window ends with the local day `until`. */
export const promiseOf = (parcel: number, at: Instant, until: string): DeliveryPromise => {
  const price = { amountMinor: 1_000 + (parcel % 9_000), currency: 'USD' };
  return {
    ...identity(parcel),
    revision: 1,
    madeAt: new Date(at).toISOString(),
    order: `order-${parcel}` as OrderId,
    customer: customerOf(parcel) as CustomerId,
    seller: `seller-${parcel % 500}`,
    fulfilledBy: 'us',
    lines: [{ line: '1', quantity: 1 }],
    components: [{ line: '1', component: 'line', money: price }],
    tenders: [{ tender: 'card', money: price, captured: true }],
    gift: false,
    window: { from: until, until, zone: 'America/New_York' },
  };
};

/** A scan of that parcel at `at`, as its carrier sends it. */
export const scanOf = (parcel: number, at: Instant, status: Scan['status'], reason?: Scan['reason']): Scan => ({
  ...identity(parcel),
  observedAt: new Date(at).toISOString(),
  status,
  ...(reason !== undefined && { reason }),
  code: `C${status.length}`,
  place: `hub ${(parcel * 31) % 97}, bay ${(parcel * 17) % 41}, sorted by machine ${(parcel * 7) % 13}`,
});

/** A value as the record that a producer with Java's partitioner writes. */
export const recordOf = <T>(topic: Topic<T>, value: T, partitions: number, timestamp: Instant): Outgoing => {
  const { key, value: bytes } = topic.encode(value);
  return { topic: topic.name, partition: partitionOf(key ?? Buffer.alloc(0), partitions), key, value: bytes, timestamp };
};
