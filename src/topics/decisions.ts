import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { customerId, instantMs, issueId, orderId, plainId, position, text } from './parts.ts';
import { command } from './remedies.ts';

/** One thing that was looked at on the way to a decision. */
const check = z.strictObject({
  check: text,
  saw: z.union([z.string(), z.number()]),
  needed: z.union([z.string(), z.number()]),
  passed: z.boolean(),
});
export type Check = z.infer<typeof check>;

const schema = z.strictObject({
  issue: issueId,
  revision: z.number().int().min(1),
  detector: plainId,
  subject: z.string(),
  customer: customerId,
  order: orderId.optional(),
  at: instantMs,
  outcome: z.enum(['ordered', 'waiting', 'held', 'shadow', 'approval', 'holdout', 'historic', 'nothing']),
  rule: z.string(),
  /** The step of the rule's ladder that this decides, where one is reached. */
  step: z.string().optional(),
  policy: z.string(),
  policyVersion: z.string(),
  /** In shadow: what would have been ordered. */
  commands: z.array(command),
  evidence: z.array(position),
  because: z.array(check),
  /** When care looks at it again by itself, if it does. */
  again: instantMs.optional(),
});
export type Decision = z.infer<typeof schema>;

/** The audit: every decision with its reasons, also to wait or to do nothing. Keyed by customer. */
export const decisions = jsonTopic<Decision>({ name: 'remedy.decisions', schema, key: (decision) => decision.customer });
