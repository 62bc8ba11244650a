import type { Table } from '../engine/stage.ts';
import type { DeliveryPromise } from '../topics/delivery-promises.ts';
import type { Component } from '../topics/parts.ts';
import { componentKind } from '../topics/parts.ts';
import type { CustomerId, OrderId } from '../values/ids.ts';
import { invariant } from '../values/invariant.ts';
import { endOfLocal } from '../values/local-time.ts';
import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';

/** What care needs to know of the promise in force. Apart from the shipment's row, so that a scan doesn't write it again. */
export interface Promised {
  readonly customer: CustomerId;
  readonly order: OrderId;
  readonly seller: string;
  readonly fulfilledBy: DeliveryPromise['fulfilledBy'];
  readonly components: readonly Component[];
  readonly currency?: string;
  readonly needBy?: Instant;
  readonly gift: boolean;
  readonly zone: string;
  readonly locale?: string;
}

/** What is kept of a promise. The currency is that of its components, else of its tenders. */
export const promisedOf = (promise: DeliveryPromise): Promised => {
  const currency = (promise.components[0] ?? promise.tenders[0])?.money.currency;
  return {
    customer: promise.customer,
    order: promise.order,
    seller: promise.seller,
    fulfilledBy: promise.fulfilledBy,
    components: promise.components,
    ...(currency !== undefined && { currency }),
    ...(promise.needBy !== undefined && { needBy: endOfLocal(promise.needBy, promise.window.zone) }),
    gift: promise.gift,
    zone: promise.window.zone,
    ...(promise.locale !== undefined && { locale: promise.locale }),
  };
};

const fulfillers = ['us', 'seller', 'partner'] as const;
const kinds = componentKind.options;

/** A component as it is kept: `line` null where it is of the whole order; the currency where it isn't the row's. */
type PackedComponent = readonly [line: string | null, kind: number, amountMinor: number, currency?: string];

/** A row as it stands in the changelog. Kinds and fulfillers are kept by their place in a list: only ever add to those at the end. */
type Packed = readonly [
  customer: string,
  order: string,
  seller: string,
  fulfilledBy: number,
  components: readonly PackedComponent[],
  currency: string | null,
  zone: string,
  gift: 0 | 1,
  needBy?: number | null,
  locale?: string,
];

const pack = (of: Promised): Packed => {
  const components = of.components.map(({ line, component, money: { amountMinor, currency } }): PackedComponent => {
    const kind = kinds.indexOf(component);
    return currency === of.currency ? [line ?? null, kind, amountMinor] : [line ?? null, kind, amountMinor, currency];
  });
  const { customer, order, seller, currency = null, zone, needBy = null, locale } = of;
  const always = [customer, order, seller, fulfillers.indexOf(of.fulfilledBy), components, currency, zone, of.gift ? 1 : 0] as const;
  if (locale !== undefined) return [...always, needBy, locale];
  return needBy === null ? always : [...always, needBy];
};

const known = <T>(value: T | undefined): T => {
  invariant(value !== undefined, 'what was kept is known');
  return value;
};

const unpack = ([customer, order, seller, fulfilledBy, components, currency, zone, gift, needBy, locale]: Packed): Promised => ({
  customer: customer as CustomerId,
  order: order as OrderId,
  seller,
  fulfilledBy: known(fulfillers[fulfilledBy]),
  components: components.map(([line, kind, amountMinor, own]) => ({
    ...(line !== null && { line }),
    component: known(kinds[kind]),
    money: { amountMinor, currency: known(own ?? currency ?? undefined) },
  })),
  ...(currency !== null && { currency }),
  ...(typeof needBy === 'number' && { needBy: instant(needBy) }),
  gift: gift === 1,
  zone,
  ...(locale !== undefined && { locale }),
});

/** By shipment, beside `shipments`; asks for nothing. In version 1 each field had its name. */
export const promises: Table<Promised> = {
  name: 'promises',
  version: 2,
  upcast(from, stored) {
    invariant(from === 1 || from === 2, `promises of version ${from}`);
    return from === 1 ? (stored as Promised) : unpack(stored as Packed);
  },
  pack,
  wakeAt: () => undefined,
};
