import { expect, it } from 'vitest';
import { z } from 'zod';
import { configureAll } from '../../src/detection/configure-all.ts';
import { deliveryDetectors } from '../../src/delivery/detectors.ts';
import { streamingDetectors } from '../../src/streaming/detectors.ts';

it.each([...deliveryDetectors, ...streamingDetectors].map((detector) => [detector.name, detector] as const))(
  '%s needs nothing in the policy, and an editor can be told what it takes',
  (_, detector) => {
    expect(detector.settings.safeParse({}).success).toBe(true);
    expect(z.toJSONSchema(detector.settings, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false });
    expect(z.toJSONSchema(detector.settings, { io: 'input' }).required ?? []).toEqual([]);
  },
);

it("settings of another stage's detectors are left alone", () => {
  expect(configureAll(deliveryDetectors, { 'slow-download': { whatever: 1 } })).toHaveLength(deliveryDetectors.length);
});
