import type { Scan } from '../topics/delivery-tracking.ts';
import { deliveryTracking } from '../topics/delivery-tracking.ts';
import type { Instant } from '../values/time.ts';
import { after, dayMs, hourMs, minuteMs } from '../values/time.ts';
import type { Chance } from './chance.ts';
import type { Stop } from './journey.ts';
import { instantAt, secondText } from './local-clock.ts';
import type { Order } from './order.ts';
import type { WorldRecord } from './world-record.ts';
import { recordOf } from './world-record.ts';

const writtenTime = (local: number, observed: Instant, order: Order, chance: Chance): Pick<Scan, 'observedAt' | 'zone'> => {
  switch (order.carrier.writes) {
    case 'local-with-zone':
      return { observedAt: secondText(local), zone: order.promise.window.zone };
    case 'local-without-zone':
      return chance.happens(0.4) ? { observedAt: secondText(local) } : { observedAt: new Date(observed).toISOString() };
    case 'utc':
      return { observedAt: new Date(observed).toISOString() };
  }
};

/** How long a scan takes to reach the log: minutes, but for a hub whose line was down. */
const delayMs = (stop: Stop, chance: Chance): number => {
  if (stop.status === 'in-transit' && chance.happens(0.03)) return chance.between(9, 22) * hourMs;
  return chance.between(1, 20) * minuteMs;
};

/**
 * A parcel's way as its carrier reports it: late, out of order and twice at times, with local times, and once in a while
 * dated years ahead.
 */
export const scansOf = (stops: readonly Stop[], order: Order, chance: Chance): readonly WorldRecord[] =>
  stops.flatMap((stop) => {
    const { carrier, promise } = order;
    const observed = instantAt(stop.local, promise.window.zone);
    const dated = stop.status === 'in-transit' && chance.happens(0.002) ? 2 * 365 * dayMs : 0;
    const scan: Scan = {
      carrier: promise.carrier,
      number: promise.number,
      shipment: promise.shipment,
      ...writtenTime(stop.local + dated, after(observed, dated), order, chance),
      status: stop.status,
      ...(stop.reason && { reason: stop.reason }),
      code: carrier.codes[stop.status] ?? 'XX',
      place: chance.pick(carrier.places),
    };
    const reaches = after(observed, Math.round(delayMs(stop, chance)));
    const record = recordOf(deliveryTracking, scan, reaches);
    return chance.happens(0.03) ? [record, { ...record, timestamp: after(reaches, chance.int(1, 40) * minuteMs) }] : [record];
  });
