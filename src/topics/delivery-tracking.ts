import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { localTimestamp, text, zone } from './parts.ts';
import { shipmentIdentity, shipmentIdOf } from './shipment.ts';

/** The milestones that the multi-carrier trackers agree on. */
export const scanStatus = z.enum([
  'info-received',
  'in-transit',
  'out-for-delivery',
  'attempt-failed',
  'available-for-pickup',
  'delivered',
  'exception',
  'returned',
]);
export type ScanStatus = z.infer<typeof scanStatus>;

/** Why a parcel is in `exception`. `lost`: the carrier itself declares the loss. */
export const exceptionReason = z.enum(['lost', 'damaged', 'address', 'customs', 'refused', 'weather', 'held', 'other']);

const schema = z.strictObject({
  ...shipmentIdentity,
  /** When the carrier scanned; without an offset it is local to `zone`, or of unknown zone. */
  observedAt: localTimestamp,
  zone: zone.optional(),
  status: scanStatus,
  reason: exceptionReason.optional(),
  /** The carrier's own code, kept as it came. */
  code: text.optional(),
  place: text.optional(),
});

export type Scan = z.infer<typeof schema>;

/** Carrier scans, normalised. Keyed by shipment. */
export const deliveryTracking = jsonTopic<Scan>({ name: 'delivery.tracking', schema, key: shipmentIdOf });
