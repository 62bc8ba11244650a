import { deliveryStage } from '../../src/delivery/stage.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, dayMs, hourMs, instant } from '../../src/values/time.ts';

/** The stage that keeps them, as the shipped policy has it: without settings of its own. */
export const stage = deliveryStage({}, 120 * dayMs);

export const partitions = 8;

/** When everything was promised. Each scan of all parcels takes an hour, the first an hour later. */
export const promisedAt: Instant = instant(Date.UTC(2026, 10, 1));
export const until = '2026-11-20';

/** Announced, then seen to move: each is open, and waits for what its detectors want to see. */
export const scans = ['info-received', 'in-transit'] as const;

/** When the scans of round `round` begin; that of the round after the last is when all is told. */
export const roundAt = (round: number): Instant => after(promisedAt, (round + 1) * hourMs);
