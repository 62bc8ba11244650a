import { z } from 'zod';
import { commonSettings } from '../../detection/common-settings.ts';
import type { Detector } from '../../detection/detector.ts';
import { nothing } from '../../detection/detector.ts';
import { durationMs } from '../../formats/duration.ts';
import type { Instant } from '../../values/time.ts';
import { after, instant } from '../../values/time.ts';
import { cohortsOf, evidenceOf, lastMovedAt, silenceArmedBy } from '../about.ts';
import type { Shipment } from '../shipment.ts';
import { isFinished } from '../shipment.ts';

/**
 * How long each milestone usually takes at most. Learned from 2,455 Olist orders (Brazil 2016-2018, CC BY-NC-SA 4.0) that
 * arrived within their promise, rounded up to days; those carriers show nothing between hand-over and delivery, so for
 * one that scans at every hub set less under `carriers`.
 */
const usual = {
  /** From the promise to the first moving scan. Default P16D: 99 % of the orders above were handed over within 15.9 days of purchase (median 2.2). */
  beforeHandOver: durationMs.prefault('P16D'),
  /** Default P25D: 99 % of the orders above were delivered within 24.95 days of the hand-over, with no scan between (median 7.0). */
  inTransit: durationMs.prefault('P25D'),
  /** Default P3D: no data; it is meant to arrive the same day, and a weekend may lie between. */
  outForDelivery: durationMs.prefault('P3D'),
  /** Default P7D: no data; leaves time for further attempts and a weekend. */
  attemptFailed: durationMs.prefault('P7D'),
  /** At least this long after an exception (customs, weather), which is no movement but a sign of life. Default P10D: no data. */
  exception: durationMs.prefault('P10D'),
};

const own = z.strictObject({
  beforeHandOver: durationMs.optional(),
  inTransit: durationMs.optional(),
  outForDelivery: durationMs.optional(),
  attemptFailed: durationMs.optional(),
  exception: durationMs.optional(),
});

/** `carriers`: by carrier, what differs from the above. */
const settings = z.strictObject({ ...commonSettings, ...usual, carriers: z.record(z.string(), own).default({}) });
type Settings = z.output<typeof settings>;

interface Silence {
  readonly reason: string;
  readonly from: Instant;
  readonly usualMs: number;
}

/** What silence a parcel is in, if it is in one that can be too long. */
const silenceOf = (shipment: Shipment, madeAt: Instant, of: Settings): Silence | undefined => {
  const special = of.carriers[shipment.carrier];
  const from = lastMovedAt(shipment);
  if (shipment.moved === undefined || from === undefined)
    return { reason: 'not-handed-over', from: madeAt, usualMs: special?.beforeHandOver ?? of.beforeHandOver };
  switch (shipment.moved) {
    case 'in-transit':
      return { reason: 'silent-in-transit', from, usualMs: special?.inTransit ?? of.inTransit };
    case 'out-for-delivery':
      return { reason: 'silent-out-for-delivery', from, usualMs: special?.outForDelivery ?? of.outForDelivery };
    case 'attempt-failed':
      return { reason: 'silent-after-attempt', from, usualMs: special?.attemptFailed ?? of.attemptFailed };
    case 'available-for-pickup':
      return undefined;
  }
};

/**
 * No moving scan for longer than the parcel's milestone usually takes. Not for one that waits to be picked up or was
 * refused: there the next move is the customer's.
 *
 * Looks at: the last moving scan (before any: the promise's making), the last exception, the carrier. Needs a promise,
 * for without one no customer is known.
 * Thresholds: by milestone and carrier; an exception after the last move grants its own time.
 * Armed by the last moving scan; closes when the parcel moves. True since the threshold was passed.
 * Reasons: `not-handed-over`, `silent-in-transit`, `silent-out-for-delivery`, `silent-after-attempt`.
 */
export const shipmentStalled: Detector<Shipment, Settings> = {
  name: 'shipment-stalled',
  settings,
  judge(shipment, now, of) {
    const { promise, exceptionAt } = shipment;
    if (promise === undefined || isFinished(shipment) || shipment.offeredAt !== undefined) return nothing;
    const silence = silenceOf(shipment, promise.madeAt, of);
    if (silence === undefined) return nothing;
    const { reason, from, usualMs } = silence;
    let since = after(from, usualMs);
    if (exceptionAt !== undefined)
      since = instant(Math.max(since, exceptionAt + (of.carriers[shipment.carrier]?.exception ?? of.exception)));
    const deadline = after(since, of.proofGrace);
    if (now < deadline) return { wakeAt: deadline };
    return {
      finding: {
        reason,
        armedBy: silenceArmedBy(shipment),
        since,
        absence: true,
        numbers: { silentMs: now - from, usualMs },
        evidence: [...evidenceOf(shipment)],
        cohorts: [...cohortsOf(shipment)],
      },
    };
  },
};
