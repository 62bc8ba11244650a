import type { Seen } from '../../src/engine/stage.ts';
import { foldPromise } from '../../src/delivery/fold-promise.ts';
import { foldScan } from '../../src/delivery/fold-scan.ts';
import type { Shipment } from '../../src/delivery/shipment.ts';
import { newShipment } from '../../src/delivery/shipment.ts';
import type { DeliveryPromise } from '../../src/topics/delivery-promises.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import type { Scan } from '../../src/topics/delivery-tracking.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import type { Instant } from '../../src/values/time.ts';
import { instant } from '../../src/values/time.ts';

/** An instant from ISO 8601 with Z or an offset. */
export const time = (iso: string): Instant => instant(Date.parse(iso));

export const seen = (at: Instant, offset = 0): Seen => ({ topic: 'delivery.tracking', partition: 2, offset, time: at });

/** A promise for the whole of 2026-12-10 in Berlin, made on 2026-12-01: ends 2026-12-10T23:00Z. */
export const promise = (changes: Partial<DeliveryPromise> = {}): DeliveryPromise =>
  deliveryPromises.schema.parse({
    carrier: 'dhl',
    number: 'n1',
    shipment: 's1',
    revision: 1,
    madeAt: '2026-12-01T09:00:00Z',
    order: 'o1',
    customer: 'c1',
    seller: 'acme',
    fulfilledBy: 'us',
    lines: [{ line: 'l1', quantity: 1 }],
    components: [{ line: 'l1', component: 'line', money: { amountMinor: 1299, currency: 'EUR' } }],
    tenders: [],
    gift: false,
    window: { from: '2026-12-08', until: '2026-12-10', zone: 'Europe/Berlin' },
    ...changes,
  });

export const scan = (status: Scan['status'], observedAt: string, more: Partial<Scan> = {}): Scan =>
  deliveryTracking.schema.parse({ carrier: 'dhl', number: 'n1', shipment: 's1', status, observedAt, ...more });

/** What a parcel becomes of a promise and scans, each logged a minute after it was observed. */
export const parcel = (promised: DeliveryPromise | undefined, ...scans: readonly Scan[]): Shipment => {
  let shipment = promised ? foldPromise(undefined, promised, seen(time(promised.madeAt))) : newShipment('dhl');
  for (const [index, one] of scans.entries())
    shipment = foldScan(shipment, one, seen(instant(Date.parse(one.observedAt) + 60_000), index + 1));
  return shipment;
};
