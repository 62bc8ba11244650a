import { z } from 'zod';
import { commonSettings } from '../../detection/common-settings.ts';
import type { Detector } from '../../detection/detector.ts';
import { nothing } from '../../detection/detector.ts';
import { durationMs } from '../../formats/duration.ts';
import { after, instant } from '../../values/time.ts';
import { cohortsOf, evidenceOf, lastMovedAt, silenceArmedBy } from '../about.ts';
import type { Shipment } from '../shipment.ts';
import { isDeclaredLost, isFinished } from '../shipment.ts';

/** How long a parcel must be silent, and its promise broken, to be given up. Learned from Olist (Brazil 2016-2018, CC BY-NC-SA 4.0). */
const patience = {
  /**
   * Default P35D: of 2,455 orders delivered within their promise 99.9 % went at most 31.7 days from hand-over to delivery
   * without a scan, and the longest 35.1.
   */
  silentFor: durationMs.prefault('P35D'),
  /**
   * Default P28D after the promised window's end: of 2,614 orders that were delivered, 12 (0.46 %, and 8 % of the 159 late
   * ones) still came after that and 35 days of silence; with P14D it would have been 29, with P7D 34.
   */
  pastWindow: durationMs.prefault('P28D'),
};

const own = z.strictObject({ silentFor: durationMs.optional(), pastWindow: durationMs.optional() });

/** `carriers`: by carrier, what differs from the above. */
const settings = z.strictObject({ ...commonSettings, ...patience, carriers: z.record(z.string(), own).default({}) });
type Settings = z.output<typeof settings>;

/**
 * A parcel that will not come any more.
 *
 * Looks at: the carrier's own declaration (found at once; void when the parcel is seen to move later), else the last
 * moving scan or exception and the promised window. A parcel that was handed over, and neither tried to be delivered nor
 * ready for the customer, counts as lost by silence; one never handed over is late or stalled, not lost.
 * Thresholds: silent for `silentFor` and `pastWindow` beyond the window's end, by carrier.
 * Armed by the last moving scan, for both reasons: a declaration after the silence changes the issue and pays nothing twice.
 * Reasons: `declared-lost` (positive), `silent` (absence).
 */
export const lostInTransit: Detector<Shipment, Settings> = {
  name: 'lost-in-transit',
  settings,
  judge(shipment, now, of) {
    const { promise, lostAt } = shipment;
    if (promise === undefined || isFinished(shipment)) return nothing;
    if (lostAt !== undefined && isDeclaredLost(shipment)) {
      return {
        finding: {
          reason: 'declared-lost',
          armedBy: silenceArmedBy(shipment),
          since: lostAt,
          absence: false,
          numbers: { declaredAfterMs: lostAt - promise.madeAt },
          evidence: [...evidenceOf(shipment)],
          cohorts: [...cohortsOf(shipment)],
        },
      };
    }
    const movedAt = lastMovedAt(shipment);
    if (movedAt === undefined || shipment.attemptedAt !== undefined || shipment.offeredAt !== undefined) return nothing;
    const special = of.carriers[shipment.carrier];
    const silentForMs = special?.silentFor ?? of.silentFor;
    const pastWindowMs = special?.pastWindow ?? of.pastWindow;
    const heardAt = Math.max(movedAt, shipment.exceptionAt ?? movedAt);
    const since = instant(Math.max(heardAt + silentForMs, promise.until + pastWindowMs));
    const deadline = after(since, of.proofGrace);
    if (now < deadline) return { wakeAt: deadline };
    return {
      finding: {
        reason: 'silent',
        armedBy: silenceArmedBy(shipment),
        since,
        absence: true,
        numbers: { silentMs: now - heardAt, silentForMs, lateMs: now - promise.until, pastWindowMs },
        evidence: [...evidenceOf(shipment)],
        cohorts: [...cohortsOf(shipment)],
      },
    };
  },
};
