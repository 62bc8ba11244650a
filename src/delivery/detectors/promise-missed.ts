import { z } from 'zod';
import { commonSettings } from '../../detection/common-settings.ts';
import type { Detector } from '../../detection/detector.ts';
import { nothing } from '../../detection/detector.ts';
import { after, earliest } from '../../values/time.ts';
import { cohortsOf, evidenceOf } from '../about.ts';
import type { Shipment } from '../shipment.ts';
import { isDeclaredLost } from '../shipment.ts';

const settings = z.strictObject(commonSettings);

const reasonOf = (shipment: Shipment): string => {
  if (shipment.returnedAt !== undefined) return 'late-returned';
  if (isDeclaredLost(shipment)) return 'late-lost';
  if (shipment.attemptedAt !== undefined) return 'late-attempted';
  return shipment.moved === undefined ? 'late-not-handed-over' : 'late';
};

/**
 * The promised window's local end has passed and the parcel has not arrived.
 *
 * Looks at: the promise in force and its window; whether the parcel was delivered, or was there for the customer to take
 * (available for pickup, refused at the door): then it has arrived. An arrival closes the issue, which stands if it was after the window.
 * Thresholds: none but the window itself, and `proofGrace`.
 * Armed by the promise's revision; true since the window's end.
 * Reasons: `late`; `late-not-handed-over` (the carrier never had it); `late-attempted` (a delivery was tried); `late-lost`
 * (the carrier declared it lost); `late-returned` (on its way back, never delivered).
 */
export const promiseMissed: Detector<Shipment, z.output<typeof settings>> = {
  name: 'promise-missed',
  settings,
  judge(shipment, now, { proofGrace }) {
    const { promise } = shipment;
    if (promise === undefined) return nothing;
    const thereAt = earliest(shipment.arrivedAt, shipment.offeredAt);
    if (thereAt !== undefined) return thereAt >= promise.until ? { stands: true } : nothing;
    const deadline = after(promise.until, proofGrace);
    if (now < deadline) return { wakeAt: deadline };
    const reason = reasonOf(shipment);
    return {
      finding: {
        reason,
        armedBy: `promise-${promise.revision}`,
        since: promise.until,
        absence: reason !== 'late-lost' && reason !== 'late-returned',
        numbers: { lateMs: now - promise.until, promiseRevision: promise.revision },
        evidence: [...evidenceOf(shipment)],
        cohorts: [...cohortsOf(shipment)],
      },
    };
  },
};
