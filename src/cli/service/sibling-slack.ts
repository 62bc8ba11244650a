import { detectorSettings } from '../../pipeline.ts';
import type { Policy } from '../../policy/policy.ts';
import { secondMs } from '../../values/time.ts';

/** What the engine takes by itself. */
const mostMs = 30 * secondMs;

/**
 * How far ahead of what a stage's other tasks have read a task may conclude, in ms: half of the least `proofGrace` that a
 * detector has under this policy, since it must be less than that, and 30 s at most.
 */
export const siblingSlackMs = (policy: Policy): number => {
  const graces = Object.entries(detectorSettings).flatMap(([name, schema]) => {
    const settings = schema.parse(policy.detectors[name] ?? {});
    return typeof settings === 'object' && settings !== null && 'proofGrace' in settings && typeof settings.proofGrace === 'number'
      ? [settings.proofGrace]
      : [];
  });
  return Math.min(mostMs, ...graces.map((grace) => grace / 2));
};
