import type { Retraction } from '../../src/topics/remedies.ts';
import { remedies } from '../../src/topics/remedies.ts';

/** The plainest command there is. */
export const retraction = (id: string, customer: string): Retraction =>
  remedies.retraction.schema.parse({
    kind: 'retraction',
    id,
    issue: `i-${customer}`,
    customer,
    reason: 'it came',
    rule: 'late-parcel',
    policy: 'p',
    mode: 'auto',
    decidedAt: 0,
    expiresAt: 1,
    of: 'c-0',
  });
