import { readFileSync } from 'node:fs';
import { detectorSettings } from '../../src/pipeline.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { readPolicy } from '../../src/policy/read-policy.ts';

/** The policy that the project ships: for `records` time, in which weeks cost nothing. */
export const shipped: Policy = readPolicy(
  readFileSync(new URL('../../deploy/policy.yaml', import.meta.url), 'utf8'),
  'deploy/policy.yaml',
  detectorSettings,
);

/** The same kinds of rules, in which everything happens within minutes: for live time. */
export const inMinutes: Policy = readPolicy(
  `
version: in-minutes
promiseGrace: PT30S
freshFor: PT12H
expiry: P1D
quietHours: { from: "00:00", until: "00:00" }
detectors:
  promise-missed: { proofGrace: PT10S }
  shipment-stalled: { proofGrace: PT10S, beforeHandOver: PT8M, inTransit: PT4M, outForDelivery: PT4M, attemptFailed: PT4M, exception: PT4M }
  lost-in-transit: { proofGrace: PT10S, silentFor: PT9M, pastWindow: PT6M }
  slow-download: { sessionGap: PT2M, offers: [rental] }
rules:
  - name: late-parcel
    issue: promise-missed
    reasons: [late, late-not-handed-over, late-attempted, late-returned]
    mode: auto
    settle: PT1M
    ladder:
      - { name: apologise, remedy: notification, message: parcel-late }
      - { name: shipping-back, remedy: refund, of: [shipping] }
      - { name: tell, remedy: notification, message: parcel-late-shipping-refunded, announces: shipping-back }
      - { name: fifth-back, after: PT2M, remedy: refund, of: [line, tax], share: 0.2 }
      - { name: all-back, after: PT5M, remedy: refund }
  - name: stalled-parcel
    issue: shipment-stalled
    mode: auto
    settle: PT30S
    ladder:
      - { name: warn, remedy: notification, message: parcel-stalled }
  - name: lost-parcel
    issue: lost-in-transit
    mode: auto
    settle: PT30S
    ladder:
      - { name: replace, remedy: replacement, service: express }
      - { name: tell-replaced, remedy: notification, message: parcel-lost-replaced, announces: replace }
      - { name: all-back, remedy: refund, unless: replace }
  - name: film-too-slow
    issue: slow-download
    mode: auto
    settle: PT30S
    ladder:
      - { name: price-back, remedy: refund }
      - { name: tell-price-back, remedy: notification, message: slow-download-refunded, announces: price-back }
`,
  'in-minutes.yaml',
  detectorSettings,
);
