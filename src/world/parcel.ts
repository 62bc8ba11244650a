import { deliveryPromises } from '../topics/delivery-promises.ts';
import type { DeliveryPromise } from '../topics/delivery-promises.ts';
import { orderAdjustments } from '../topics/order-adjustments.ts';
import { shipmentIdOf } from '../topics/shipment.ts';
import type { Instant } from '../values/time.ts';
import { after, dayMs, hourMs, minuteMs } from '../values/time.ts';
import type { Case, Trouble } from './case.ts';
import type { Chance } from './chance.ts';
import type { Customer } from './customer.ts';
import type { Stop } from './journey.ts';
import { journey } from './journey.ts';
import { dayText, instantAt, whenAwake } from './local-clock.ts';
import type { Order, Service } from './order.ts';
import { placeOrder } from './order.ts';
import { scansOf } from './scans.ts';
import type { WorldRecord } from './world-record.ts';
import { recordOf } from './world-record.ts';

/** What is told about one parcel or session, and the truth behind it. */
export interface Story {
  readonly case: Omit<Case, 'beginsAt'>;
  readonly records: readonly WorldRecord[];
}

const serviceFor = (trouble: Trouble | undefined, chance: Chance): Service => {
  if (trouble === 'late-by-a-little') return 'next-day';
  if (trouble === 'stalled' || trouble === 'lost-silently') return 'two-day';
  return chance.weighted([['next-day', 25], ['two-day', 30], ['standard', 45]]); // prettier-ignore
};

/** The promise as records; some parcels were promised too early at first and are on time by what was promised anew. */
const promisesOf = (order: Order, trouble: Trouble | undefined, chance: Chance): readonly WorldRecord[] => {
  const { promise, placedLocal, untilLocal, service } = order;
  const madeAt = instantAt(placedLocal, promise.window.zone);
  // What an order system writes may come after the carrier's first scans.
  const reaches = after(madeAt, (chance.happens(0.03) ? chance.int(200, 500) : chance.int(0, 2)) * minuteMs);
  if (trouble !== undefined || service !== 'standard' || !chance.happens(0.05)) return [recordOf(deliveryPromises, promise, reaches)];
  const early: DeliveryPromise = {
    ...promise,
    window: { ...promise.window, from: dayText(untilLocal - 4 * dayMs), until: dayText(untilLocal - 3 * dayMs) },
  };
  const again = instantAt(untilLocal - 3 * dayMs + chance.between(8, 16) * hourMs, promise.window.zone);
  const revised: DeliveryPromise = { ...promise, revision: 2, madeAt: new Date(again).toISOString() };
  return [recordOf(deliveryPromises, early, reaches), recordOf(deliveryPromises, revised, after(again, minuteMs))];
};

/** When this customer would lose patience, were nobody to do anything. */
const callOf = (order: Order, stops: readonly Stop[], trouble: Trouble | undefined, chance: Chance): Instant | undefined => {
  const { zone } = order.promise.window;
  const until = instantAt(order.untilLocal, zone);
  const patienceMs = hourMs + chance.exponential(16 * hourMs);
  const worries = chance.next();
  if (trouble === undefined || trouble === 'old-news') return undefined;
  let calls = after(until, Math.round(patienceMs));
  if (trouble === 'late-by-a-little') {
    if (worries > 0.3) return undefined;
    calls = after(until, Math.round(worries * 300 * minuteMs));
  } else if (worries < 0.12) {
    const moved = stops.findLast(({ status }) => status === 'in-transit');
    calls = after(instantAt(moved?.local ?? order.placedLocal, zone), Math.round((2.5 + worries * 10) * dayMs));
  }
  const awake = whenAwake(calls, zone);
  const arrives = stops.find(({ status }) => status === 'delivered');
  return arrives && instantAt(arrives.local, zone) <= awake ? undefined : awake;
};

/** What associates gave by themselves: some while we are about to, some once the customer had called, some for reasons of their own. */
const adjustmentsOf = (order: Order, trouble: Trouble | undefined, calls: Instant | undefined, chance: Chance): readonly WorldRecord[] => {
  const { promise, untilLocal } = order;
  const until = instantAt(untilLocal, promise.window.zone);
  const races = chance.next();
  let madeAt: Instant | undefined;
  if (trouble === undefined) madeAt = races < 0.004 ? after(until, Math.round(races * 5_000 * hourMs)) : undefined;
  else if (trouble !== 'old-news' && races < 0.1) madeAt = after(until, Math.round(races * 400 * hourMs));
  else if (calls !== undefined && races > 0.94) madeAt = after(calls, 12 * minuteMs);
  if (madeAt === undefined) return [];
  const shipping = promise.components.filter(({ component }) => component === 'shipping');
  const components = shipping.length > 0 && chance.happens(0.7) ? shipping : promise.components.slice(0, 1);
  const value = {
    adjustment: `a-${promise.shipment}`,
    customer: promise.customer,
    order: promise.order,
    kind: 'refund',
    by: 'associate',
    components,
    madeAt: new Date(madeAt).toISOString(),
    note: trouble === undefined ? 'goodwill, wrong colour' : 'customer asked where the parcel is',
  } as const;
  return [recordOf(orderAdjustments, value, after(madeAt, chance.int(5, 90) * 1_000))];
};

/** One parcel from the order to the door, or to where it was last seen. `placedLocal` is a time of the customer's zone. */
export const parcelStory = (of: {
  readonly number: number;
  readonly customer: Customer;
  readonly placedLocal: number;
  readonly trouble: Trouble | undefined;
  readonly chance: Chance;
}): Story => {
  const { chance, trouble, customer } = of;
  const order = placeOrder({ ...of, service: serviceFor(trouble, chance) });
  const stops = journey(order, trouble, chance);
  const wouldCallAt = callOf(order, stops, trouble, chance);
  const records = [
    ...promisesOf(order, trouble, chance),
    ...scansOf(stops, order, chance),
    ...adjustmentsOf(order, trouble, wouldCallAt, chance),
  ];
  return {
    case: {
      kind: 'parcel',
      subject: shipmentIdOf(order.promise),
      customer: customer.id,
      ...(trouble && { trouble }),
      ...(wouldCallAt !== undefined && { wouldCallAt }),
      zone: customer.zone,
    },
    records,
  };
};
