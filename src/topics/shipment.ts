import type { ShipmentId } from '../values/ids.ts';
import { isPlainId, plainId } from './parts.ts';

/** Carriers recycle tracking numbers, so a shipment is carrier + number + our own shipment number. */
export const shipmentIdentity = { carrier: plainId, number: plainId, shipment: plainId };

/** Whether an object has a `shipmentIdentity`. */
export const hasPlainIdentity = (of: Readonly<Record<string, unknown>>): boolean =>
  isPlainId(of['carrier']) && isPlainId(of['number']) && isPlainId(of['shipment']);

/** The key of `delivery.*`: `carrier:number:shipment`. */
export const shipmentIdOf = (of: { readonly carrier: string; readonly number: string; readonly shipment: string }): ShipmentId =>
  `${of.carrier}:${of.number}:${of.shipment}` as ShipmentId;
