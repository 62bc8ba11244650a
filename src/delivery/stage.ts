import { announce } from '../detection/announce.ts';
import { configureAll } from '../detection/configure-all.ts';
import type { Configured } from '../detection/detector.ts';
import type { Said, Watches } from '../detection/track.ts';
import { nextWake, noWatches, track, trackWhatIsOver } from '../detection/track.ts';
import type { Seen, Stage, Task } from '../engine/stage.ts';
import { input, rows } from '../engine/stage.ts';
import type { Topic } from '../formats/topic.ts';
import type { DeliveryPromise } from '../topics/delivery-promises.ts';
import { deliveryPromises } from '../topics/delivery-promises.ts';
import type { Scan } from '../topics/delivery-tracking.ts';
import { deliveryTracking } from '../topics/delivery-tracking.ts';
import type { Issue } from '../topics/issues.ts';
import { issues } from '../topics/issues.ts';
import { shipmentIdOf } from '../topics/shipment.ts';
import { invariant } from '../values/invariant.ts';
import type { Instant } from '../values/time.ts';
import { deliveryDetectors } from './detectors.ts';
import { foldPromise } from './fold-promise.ts';
import { foldScan } from './fold-scan.ts';
import type { Promised } from './promised.ts';
import { promisedOf, promises } from './promised.ts';
import type { Shipment } from './shipment.ts';
import { isDeclaredLost } from './shipment.ts';
import type { ShipmentRow } from './shipments.ts';
import { shipments } from './shipments.ts';

/**
 * The delivery stage: folds promises and scans into a row a parcel and says what its detectors find. `settings` is the
 * policy's `detectors` map. Throws AMENDS_POLICY_INVALID when a detector doesn't understand its own part.
 */
export const deliveryStage = (settings: Readonly<Record<string, unknown>>): Stage => {
  const detectors = configureAll(deliveryDetectors, settings);
  return {
    name: 'delivery',
    inputs: [
      input(deliveryPromises, (promise, at, task) => handlePromise(detectors, promise, at, task)),
      input(deliveryTracking, (scan, at, task) => handleScan(detectors, scan, at, task)),
    ],
    rows: [rows(shipments, (key, row, task) => conclude(detectors, key, row, task), { whenHeld: true }), rows(promises)],
    upstream: [],
    outputs: [issues as unknown as Topic<never>],
  };
};

const handlePromise = (detectors: readonly Configured<Shipment>[], promise: DeliveryPromise, at: Seen, task: Task): void => {
  const key = shipmentIdOf(promise);
  const row = task.get(shipments, key);
  const shipment = foldPromise(row?.shipment, promise, at);
  if (shipment === row?.shipment) return;
  task.put(promises, key, promisedOf(promise));
  keep(detectors, task, key, shipment, row?.watches ?? noWatches, at.time);
};

const handleScan = (detectors: readonly Configured<Shipment>[], scan: Scan, at: Seen, task: Task): void => {
  const key = shipmentIdOf(scan);
  const row = task.get(shipments, key);
  const shipment = foldScan(row?.shipment, scan, at, (flag) => task.tell({ name: 'ScanFlagged', flag, subject: key }));
  if (shipment === row?.shipment) return;
  keep(detectors, task, key, shipment, row?.watches ?? noWatches, at.time);
};

const keep = (
  detectors: readonly Configured<Shipment>[],
  task: Task,
  key: string,
  shipment: Shipment,
  watches: Watches,
  at: Instant,
): void => {
  task.put(shipments, key, { shipment, watches, wakeAt: nextWake(detectors, shipment, watches, at) });
};

const conclude = (detectors: readonly Configured<Shipment>[], key: string, row: Readonly<ShipmentRow>, task: Task): void => {
  const { shipment } = row;
  const say = (said: Said): void => {
    const promised = task.get(promises, key);
    invariant(promised, `${key} has an issue and no promise`);
    announce(task, said, aboutOf(key, shipment, promised));
  };
  if (!task.silence) {
    const left = trackWhatIsOver(detectors, shipment, row.watches, task.now, say);
    if (left !== row.watches) task.put(shipments, key, { ...row, watches: left });
    return;
  }
  const { watches, wakeAt } = track(detectors, shipment, key, row.watches, task.now, say);
  task.put(shipments, key, { shipment, watches, wakeAt });
};

const aboutOf = (
  key: string,
  shipment: Shipment,
  promised: Promised,
): Pick<Issue, 'subject' | 'customer' | 'order' | 'components' | 'context'> => ({
  subject: key,
  customer: promised.customer,
  order: promised.order,
  components: [...promised.components],
  context: {
    ...(shipment.promise && { promisedUntil: shipment.promise.until }),
    lossDeclared: isDeclaredLost(shipment),
    ...(promised.needBy !== undefined && { needBy: promised.needBy }),
    gift: promised.gift,
    fulfilledBy: promised.fulfilledBy,
    seller: promised.seller,
    zone: promised.zone,
    ...(promised.locale !== undefined && { locale: promised.locale }),
    ...(promised.currency !== undefined && { currency: promised.currency }),
  },
});
