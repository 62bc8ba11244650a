import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import type { Instant } from '../values/time.ts';
import { text, timestamp } from './parts.ts';

/** `fleet` is everything; rules and cohorts come later. */
const common = {
  scope: z.literal('fleet'),
  by: text,
  why: text,
  at: timestamp,
  /** Rises with each turn of the switch. A stop holds until an armed record with a higher latch, so an old one sent again releases nothing. */
  latch: z.number().int().nonnegative(),
};

const schema = z.discriminatedUnion('state', [
  /** Money may move under the policy of this hash, and no other. */
  z.strictObject({
    ...common,
    state: z.literal('armed'),
    policy: z.string().regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of a policy, in hexadecimal'),
  }),
  z.strictObject({ ...common, state: z.literal('stopped') }),
]);

export type Control = z.infer<typeof schema>;

/** `state/scope`: both states have keys of their own, so that compaction never forgets a stop because of what came after it. */
export const controlKey = (control: Pick<Control, 'state' | 'scope'>): string => `${control.state}/${control.scope}`;

/** The first word that lets money move under a policy: what a run that begins on an empty log says to itself. */
export const firstArmed = (of: {
  readonly by: string;
  readonly why: string;
  readonly policyHash: string;
  readonly at: Instant;
}): Control => ({
  scope: 'fleet',
  state: 'armed',
  by: of.by,
  why: of.why,
  at: new Date(of.at).toISOString(),
  latch: 1,
  policy: of.policyHash,
});

/** The switch: read whole by every task of care. No armed record, no money. */
export const controls = jsonTopic<Control>({ name: 'amends.controls', schema, key: controlKey, compacted: true });
