import type { Detector } from '../detection/detector.ts';
import { lostInTransit } from './detectors/lost-in-transit.ts';
import { promiseMissed } from './detectors/promise-missed.ts';
import { shipmentStalled } from './detectors/shipment-stalled.ts';
import type { Shipment } from './shipment.ts';

/** What the delivery stage looks for. A new detector is one line here. */
export const deliveryDetectors: readonly Detector<Shipment, unknown>[] = [promiseMissed, shipmentStalled, lostInTransit];
