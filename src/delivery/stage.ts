import { announce } from '../detection/announce.ts';
import { configureAll } from '../detection/configure-all.ts';
import type { Configured } from '../detection/detector.ts';
import { forgetAt } from '../detection/forget-at.ts';
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
import { after, instant } from '../values/time.ts';
import { deliveryDetectors } from './detectors.ts';
import { foldPromise } from './fold-promise.ts';
import { foldScan } from './fold-scan.ts';
import type { Promised } from './promised.ts';
import { promisedOf, promises } from './promised.ts';
import { restedAt } from './rested-at.ts';
import type { Shipment } from './shipment.ts';
import { isDeclaredLost } from './shipment.ts';
import type { ShipmentRow } from './shipments.ts';
import { shipments } from './shipments.ts';

/**
 * The delivery stage: folds promises and scans into a row a parcel, says what its detectors find, and forgets a parcel of
 * which nothing can be concluded any more. `settings` is the policy's `detectors` map, `claimWindowMs` its claim window.
 * Throws AMENDS_POLICY_INVALID when a detector doesn't understand its own part.
 */
export const deliveryStage = (settings: Readonly<Record<string, unknown>>, claimWindowMs: number): Stage => {
  const of: Watching = { detectors: configureAll(deliveryDetectors, settings), claimWindowMs };
  return {
    name: 'delivery',
    inputs: [
      input(deliveryPromises, (promise, at, task) => handlePromise(of, promise, at, task)),
      input(deliveryTracking, (scan, at, task) => handleScan(of, scan, at, task)),
    ],
    rows: [rows(shipments, (key, row, task) => conclude(of, key, row, task), { whenHeld: true }), rows(promises)],
    upstream: [],
    outputs: [issues as unknown as Topic<never>],
  };
};

/** What a stage watches its parcels with. */
interface Watching {
  readonly detectors: readonly Configured<Shipment>[];
  readonly claimWindowMs: number;
}

/** A parcel that is promised for the first time, or again once it was forgotten: is there anything left to claim? */
const isTooOld = (shipment: Shipment, at: Seen, claimWindowMs: number): boolean =>
  shipment.promise !== undefined && after(shipment.promise.until, claimWindowMs) < at.time;

const handlePromise = (of: Watching, promise: DeliveryPromise, at: Seen, task: Task): void => {
  const key = shipmentIdOf(promise);
  const row = task.get(shipments, key);
  const shipment = foldPromise(row?.shipment, promise, at);
  if (shipment === row?.shipment) return;
  if (row?.shipment.promise === undefined && isTooOld(shipment, at, of.claimWindowMs)) {
    task.tell({ name: 'RecordTooOld', stage: 'delivery', topic: at.topic, subject: key });
    return;
  }
  task.put(promises, key, promisedOf(promise));
  keep(of, task, key, shipment, row?.watches ?? noWatches, at);
};

// A scan is folded however old: some carriers date theirs years back, and without a promise nothing is ever concluded from it.
const handleScan = (of: Watching, scan: Scan, at: Seen, task: Task): void => {
  const key = shipmentIdOf(scan);
  const row = task.get(shipments, key);
  const shipment = foldScan(row?.shipment, scan, at, (flag) => task.tell({ name: 'ScanFlagged', flag, subject: key }));
  if (shipment === row?.shipment) return;
  keep(of, task, key, shipment, row?.watches ?? noWatches, at);
};

const keep = ({ detectors, claimWindowMs }: Watching, task: Task, key: string, shipment: Shipment, watches: Watches, at: Seen): void => {
  const rested = instant(Math.max(restedAt(shipment), at.time));
  const wakeAt = nextWake(detectors, shipment, watches, at.time) ?? forgetAt(watches, rested, claimWindowMs);
  task.put(shipments, key, { shipment, watches, wakeAt });
};

const conclude = ({ detectors, claimWindowMs }: Watching, key: string, row: Readonly<ShipmentRow>, task: Task): void => {
  const { shipment } = row;
  let rested = restedAt(shipment);
  const say = (said: Said): void => {
    rested = instant(Math.max(rested, task.now));
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
  const nextAt = wakeAt ?? forgetAt(watches, rested, claimWindowMs);
  if (nextAt > task.now) {
    task.put(shipments, key, { shipment, watches, wakeAt: nextAt });
    return;
  }
  task.put(shipments, key, undefined);
  if (shipment.promise !== undefined) task.put(promises, key, undefined);
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
    ...(shipment.promise && { promisedSince: shipment.promise.firstMadeAt, promisedUntil: shipment.promise.until }),
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
