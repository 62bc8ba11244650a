import type { Seen } from '../engine/stage.ts';
import type { DeliveryPromise } from '../topics/delivery-promises.ts';
import { endOfLocal } from '../values/local-time.ts';
import { instant } from '../values/time.ts';
import type { Shipment } from './shipment.ts';
import { newShipment } from './shipment.ts';

/**
 * A shipment with a promise. A higher revision replaces the one in force; a lower or equal one changes nothing, and then
 * the same object comes back. The window's local end becomes an instant here, once.
 */
export const foldPromise = (shipment: Shipment | undefined, promise: DeliveryPromise, at: Seen): Shipment => {
  const before = shipment ?? newShipment(promise.carrier);
  if (before.promise && before.promise.revision >= promise.revision) return before;
  // A clock that runs fast must not make a promise younger than its record.
  const madeAt = instant(Math.min(Date.parse(promise.madeAt), at.time));
  return {
    ...before,
    promise: {
      revision: promise.revision,
      madeAt,
      firstMadeAt: before.promise?.firstMadeAt ?? madeAt,
      until: endOfLocal(promise.window.until, promise.window.zone),
      zone: promise.window.zone,
      seller: promise.seller,
      partition: at.partition,
      offset: at.offset,
    },
  };
};
