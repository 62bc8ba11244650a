import type { ZodType } from 'zod';
import { careStage } from './care/stage.ts';
import { deliveryDetectors } from './delivery/detectors.ts';
import { deliveryStage } from './delivery/stage.ts';
import type { Stage } from './engine/stage.ts';
import type { Policy } from './policy/policy.ts';
import { streamingDetectors } from './streaming/detectors.ts';
import { streamingStage } from './streaming/stage.ts';

/**
 * What Amends does, from left to right. Each stage folds topics of one key, and what it finds goes on as records:
 *
 *     delivery.promises, delivery.tracking -> delivery  ─┐
 *                                                        ├─ amends.issues -> care -> remedy.refunds, remedy.credits,
 *     streaming.playback                   -> streaming ─┘                    |      remedy.replacements, remedy.notifications,
 *                                                                             |      remedy.escalations, remedy.retractions
 *     streaming.purchases, order.adjustments (by customer) -------------------┤
 *     amends.controls (the switch, read whole) -------------------------------┘   -> remedy.decisions (every decision, also "nothing")
 *
 * `act` false: every rule decides in shadow, and nothing is ordered.
 */
export const pipeline = ({ policy, act }: { readonly policy: Policy; readonly act: boolean }): readonly Stage[] => [
  deliveryStage(policy.detectors, policy.claimWindowMs),
  streamingStage(policy.detectors, policy.claimWindowMs),
  careStage({ policy, act }),
];

/** The settings that each detector takes from the policy file, by its name. */
export const detectorSettings: Readonly<Record<string, ZodType>> = Object.fromEntries(
  [...deliveryDetectors, ...streamingDetectors].map(({ name, settings }) => [name, settings]),
);
