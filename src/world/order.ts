import type { DeliveryPromise } from '../topics/delivery-promises.ts';
import type { Component } from '../topics/parts.ts';
import type { OrderId } from '../values/ids.ts';
import type { Money } from '../values/money.ts';
import { dayMs, hourMs } from '../values/time.ts';
import type { Chance } from './chance.ts';
import type { Customer } from './customer.ts';
import { dayOf, dayText, instantAt, minuteText } from './local-clock.ts';
import type { Carrier } from './markets.ts';
import { goods } from './markets.ts';

export type Service = 'next-day' | 'two-day' | 'standard';

/** An order of one parcel. Times with `Local` in their name are those of the ship-to zone, in ms as if it were UTC. */
export interface Order {
  readonly promise: DeliveryPromise;
  readonly carrier: Carrier;
  readonly service: Service;
  readonly placedLocal: number;
  /** The day on which it leaves the warehouse. */
  readonly leavesLocal: number;
  /** The end of the promised window. */
  readonly untilLocal: number;
}

const daysOf: Readonly<Record<Service, readonly [from: number, until: number]>> = {
  'next-day': [1, 1],
  'two-day': [1, 2],
  standard: [3, 5],
};

const priceIn = ({ market: { prices } }: Customer, chance: Chance): number =>
  chance.int(prices.from, prices.to) * prices.step - prices.less;

/** What was ordered and promised. `number` is the parcel's, unique in the world. */
export const placeOrder = (of: {
  readonly number: number;
  readonly customer: Customer;
  readonly placedLocal: number;
  readonly service: Service;
  readonly chance: Chance;
}): Order => {
  const { customer, placedLocal, service, chance } = of;
  const { market, zone } = customer;
  const name = String(of.number).padStart(6, '0');
  const carrier = chance.pick(market.carriers);
  const seller = chance.pick(market.sellers);
  const money = (amountMinor: number): Money => ({ amountMinor, currency: market.currency });

  const leavesLocal = dayOf(placedLocal) + (placedLocal - dayOf(placedLocal) < 15 * hourMs ? 0 : dayMs);
  const [fromDays, untilDays] = daysOf[service];
  const untilHour = service === 'next-day' ? chance.pick([18, 20]) : 24;
  const untilLocal = leavesLocal + untilDays * dayMs + untilHour * hourMs;

  const gift = chance.happens(0.15);
  const lines = Array.from({ length: chance.weighted([[1, 70], [2, 22], [3, 8]]) }, (_, at) => ({ line: `l${at + 1}`, title: chance.pick(goods), quantity: 1 })); // prettier-ignore
  const components: Component[] = [];
  for (const { line } of lines) {
    const amountMinor = priceIn(customer, chance);
    components.push({ line, component: 'line', money: money(amountMinor) });
    const tax = Math.round(amountMinor * market.taxRate);
    if (tax > 0) components.push({ line, component: 'tax', money: money(tax) });
  }
  const shipping = chance.pick(market.shipping) * (service === 'next-day' ? 2 : 1);
  if (shipping > 0) components.push({ component: 'shipping', money: money(shipping) });
  if (gift) components.push({ component: 'fee', money: money(market.giftWrap) });
  const paid = components.reduce((sum, component) => sum + component.money.amountMinor, 0);

  const promise: DeliveryPromise = {
    carrier: carrier.id,
    number: `${carrier.codes['info-received']?.slice(0, 2) ?? ''}${chance.int(100_000, 999_999)}${name}`,
    shipment: `s-${name}`,
    revision: 1,
    madeAt: new Date(instantAt(placedLocal, zone)).toISOString(),
    order: `o-${name}` as OrderId,
    customer: customer.id,
    seller: seller.id,
    fulfilledBy: seller.fulfilledBy,
    lines: lines.map((line) => ({ ...line, recipient: `${customer.id}-r1`, address: `${customer.id}-a1` })),
    components,
    tenders: [{ tender: chance.weighted([['card', 85], ['gift-card', 8], ['bank', 7]]), money: money(paid), captured: true }], // prettier-ignore
    gift,
    ...(gift && { needBy: `${new Date(placedLocal).getUTCFullYear()}-12-24` }),
    window: {
      from: service === 'next-day' ? minuteText(untilLocal - 10 * hourMs) : dayText(leavesLocal + fromDays * dayMs),
      until: service === 'next-day' ? minuteText(untilLocal) : dayText(untilLocal - 1),
      zone,
    },
    locale: market.locale,
  };
  return { promise, carrier, service, placedLocal, leavesLocal, untilLocal };
};
