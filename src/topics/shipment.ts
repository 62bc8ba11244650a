import type { ShipmentId } from '../values/ids.ts';
import { plainId } from './parts.ts';

/** Carriers recycle tracking numbers, so a shipment is carrier + number + our own shipment number. */
export const shipmentIdentity = { carrier: plainId, number: plainId, shipment: plainId };

/** The key of `delivery.*`: `carrier:number:shipment`. */
export const shipmentIdOf = (of: { readonly carrier: string; readonly number: string; readonly shipment: string }): ShipmentId =>
  `${of.carrier}:${of.number}:${of.shipment}` as ShipmentId;
