import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { detectorSettings } from '../../src/pipeline.ts';
import { readPolicy } from '../../src/policy/read-policy.ts';
import { ruleFor } from '../../src/policy/rule-for.ts';

const delivered = ['deploy/policy.yaml', 'examples/demo-policy.yaml'].map((file) => ({
  file,
  policy: readPolicy(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'), file, detectorSettings),
}));

test.each(delivered)('under $file whoever gets money or goods is told of it', ({ policy }) => {
  const untold = policy.rules.flatMap(({ name, ladder }) => {
    const told = new Set(ladder.flatMap((step) => (step.remedy === 'notification' ? (step.announces ?? []) : [])));
    const gives = ladder.filter(({ remedy }) => remedy === 'refund' || remedy === 'credit' || remedy === 'replacement');
    return gives.filter((step) => !told.has(step.name)).map((step) => `${name}: ${step.name}`);
  });
  expect(untold).toEqual([]);
});

test.each(delivered)('under $file a parcel that nobody handed over is not said to stand still on its way', ({ policy }) => {
  const wordsFor = (reason: string): readonly string[] =>
    (ruleFor(policy, 'shipment-stalled', reason)?.ladder ?? []).flatMap((step) => (step.remedy === 'notification' ? step.message : []));
  expect([wordsFor('not-handed-over'), wordsFor('silent-in-transit')]).toEqual([['parcel-not-sent'], ['parcel-stalled']]);
});
