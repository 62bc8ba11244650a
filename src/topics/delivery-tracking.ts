import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { hasOnly, isPlainTime, isPlainZone, isRecord, isText, localTimestamp, text, zone } from './parts.ts';
import { hasPlainIdentity, shipmentIdentity, shipmentIdOf } from './shipment.ts';

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

const statuses: ReadonlySet<unknown> = new Set(scanStatus.options);
const reasons: ReadonlySet<unknown> = new Set(exceptionReason.options);

/** Whether it is a scan, at a glance: there are more of these than of all else together. */
const isPlainlyScan = (json: unknown): json is Scan => {
  if (!isRecord(json) || !hasPlainIdentity(json) || !isPlainTime(json['observedAt']) || !statuses.has(json['status'])) return false;
  const { zone: in_, reason, code, place } = json;
  let members = 5;
  if (in_ !== undefined) {
    if (!isPlainZone(in_)) return false;
    members += 1;
  }
  if (reason !== undefined) {
    if (!reasons.has(reason)) return false;
    members += 1;
  }
  if (code !== undefined) {
    if (!isText(code)) return false;
    members += 1;
  }
  if (place !== undefined) {
    if (!isText(place)) return false;
    members += 1;
  }
  return hasOnly(json, members);
};

/** Carrier scans, normalised. Keyed by shipment. */
export const deliveryTracking = jsonTopic<Scan>({ name: 'delivery.tracking', schema, key: shipmentIdOf, isPlainly: isPlainlyScan });
