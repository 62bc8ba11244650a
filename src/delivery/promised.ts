import type { Table } from '../engine/stage.ts';
import type { DeliveryPromise } from '../topics/delivery-promises.ts';
import type { Component } from '../topics/parts.ts';
import type { CustomerId, OrderId } from '../values/ids.ts';
import { invariant } from '../values/invariant.ts';
import { endOfLocal } from '../values/local-time.ts';
import type { Instant } from '../values/time.ts';

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

/** By shipment, beside `shipments`; asks for nothing. */
export const promises: Table<Promised> = {
  name: 'promises',
  version: 1,
  upcast(from, stored) {
    invariant(from === 1, `promises of version ${from}`);
    return stored as Promised;
  },
  pack: (promised) => promised,
  wakeAt: () => undefined,
};
