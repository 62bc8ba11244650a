import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { component, currency, customerId, instantMs, issueId, orderId, plainId, position, text, zone } from './parts.ts';

const finding = z.strictObject({
  reason: text,
  /** What started the problem, from content; part of the issue's id. */
  armedBy: text,
  /** When it became true, not what armed it. */
  since: instantMs,
  /** Concluded from silence: needs proof, and positive evidence of the feed. */
  absence: z.boolean(),
  /** Once closed: it was wrong all the same (the parcel came, late), so what was due before is still due. Absent: it was not, or nobody can tell. */
  stands: z.literal(true).optional(),
  /** The figures that were held against the thresholds; units end the names. */
  numbers: z.record(z.string(), z.number()),
  evidence: z.array(position).max(20),
  /** `carrier:dhl`, `seller:s1`, `cdn:x` ... whom it may have in common with others. */
  cohorts: z.array(z.string().max(200)).max(20),
});
export type Finding = z.infer<typeof finding>;

const schema = z.strictObject({
  id: issueId,
  revision: z.number().int().min(1),
  state: z.enum(['open', 'closed']),
  detector: plainId,
  subject: z.string().max(400),
  customer: customerId,
  order: orderId.optional(),
  /** What the problem touches, at what was paid; care pays nothing that is not here or in its own books. */
  components: z.array(component).max(2_000),
  finding,
  /** What care needs to know of the subject, where it is known. */
  context: z.strictObject({
    /** When the parcel was first promised: what was given for it since then must be in care's books. */
    promisedSince: instantMs.optional(),
    /** End of the promised window; before it (plus grace) a late parcel moves no money. */
    promisedUntil: instantMs.optional(),
    /** The carrier itself declared the loss: then money need not wait for the window's end. */
    lossDeclared: z.boolean().optional(),
    needBy: instantMs.optional(),
    gift: z.boolean().optional(),
    fulfilledBy: z.enum(['us', 'seller', 'partner']).optional(),
    seller: plainId.optional(),
    /** A streamed title; care looks up who paid what for it. */
    title: plainId.optional(),
    offer: z.enum(['rental', 'purchase', 'subscription', 'free']).optional(),
    watchedAt: instantMs.optional(),
    zone: zone.optional(),
    locale: z.string().max(35).optional(),
    currency: currency.optional(),
  }),
});
export type Issue = z.infer<typeof schema>;

/** Problems found, opened, changed and closed. Keyed by customer, so that all of a customer's meet in one task of care. */
export const issues = jsonTopic<Issue>({
  name: 'amends.issues',
  schema,
  key: (issue) => issue.customer,
  order: (issue) => `${issue.id}/${String(issue.revision).padStart(8, '0')}`,
});
