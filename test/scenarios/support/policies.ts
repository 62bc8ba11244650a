import { readFileSync } from 'node:fs';
import type { Stage } from '../../../src/engine/stage.ts';
import { detectorSettings, pipeline } from '../../../src/pipeline.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { readPolicy } from '../../../src/policy/read-policy.ts';

/** The policy that the project ships. */
export const shipped: Policy = readPolicy(
  readFileSync(new URL('../../../deploy/policy.yaml', import.meta.url), 'utf8'),
  'deploy/policy.yaml',
  detectorSettings,
);

/** A policy by which everything happens within minutes, so that live time need not be driven through weeks. */
export const quick: Policy = readPolicy(
  `
version: quick
promiseGrace: PT30S
freshFor: PT1H
quietHours: { from: "00:00", until: "00:00" }
detectors:
  promise-missed: { proofGrace: PT10S }
rules:
  - name: late-parcel
    issue: promise-missed
    mode: auto
    settle: PT1M
    ladder:
      - { name: shipping-back, remedy: refund, of: [shipping] }
      - { name: tell, remedy: notification, message: parcel-late-shipping-refunded, announces: shipping-back }
`,
  'quick.yaml',
  detectorSettings,
);

/** How long after its promised end a parcel is found late under `quick`, and how long that must then stand before it is paid for. */
export const quickTimes = { foundAfterMs: 10_000, settleMs: 60_000 } as const;

/** The real stages under a policy, allowed to act. */
export const stagesOf = (policy: Policy) => (): readonly Stage[] => pipeline({ policy, act: true });
