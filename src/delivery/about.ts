import type { Position } from '../values/record.ts';
import { deliveryPromises } from '../topics/delivery-promises.ts';
import { deliveryTracking } from '../topics/delivery-tracking.ts';
import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';
import type { Shipment } from './shipment.ts';
import { isDeclaredLost } from './shipment.ts';

/** Whom a parcel's trouble may have in common with others. */
export const cohortsOf = (shipment: Shipment): readonly string[] =>
  shipment.promise ? [`carrier:${shipment.carrier}`, `seller:${shipment.promise.seller}`] : [`carrier:${shipment.carrier}`];

/** Where it can be read: the promise in force, the last moving scan, the declaration of loss. */
export const evidenceOf = (shipment: Shipment): readonly Position[] => {
  const evidence: Position[] = [];
  if (shipment.promise)
    evidence.push({ topic: deliveryPromises.name, partition: shipment.promise.partition, offset: shipment.promise.offset });
  if (shipment.moved) evidence.push({ topic: deliveryTracking.name, partition: shipment.movedPartition, offset: shipment.movedOffset });
  if (isDeclaredLost(shipment))
    evidence.push({ topic: deliveryTracking.name, partition: shipment.lostPartition, offset: shipment.lostOffset });
  return evidence;
};

/** What a silence is counted from: the last moving scan, from content alone; where the carrier never had it, the promise. */
export const silenceArmedBy = (shipment: Shipment): string =>
  shipment.moved === undefined
    ? `promise-${shipment.promise?.revision ?? 0}`
    : `${shipment.moved}@${shipment.movedTold}${shipment.movedCode === '' ? '' : ` ${shipment.movedCode}`}`;

/** When a parcel that moved was last seen to, but not before it was ordered: some carriers date scans years back. */
export const lastMovedAt = (shipment: Shipment): Instant | undefined =>
  shipment.movedAt === undefined ? undefined : instant(Math.max(shipment.movedAt, shipment.promise?.firstMadeAt ?? shipment.movedAt));
