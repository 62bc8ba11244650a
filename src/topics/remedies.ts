import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import type { Topic } from '../formats/topic.ts';
import type { RemedyKind } from '../values/ids.ts';
import { commandId, component, customerId, instantMs, issueId, money, orderId, plainId, text } from './parts.ts';

const ordered = {
  /** The idempotency key: order the same twice and the executor must do it once. */
  id: commandId,
  issue: issueId,
  customer: customerId,
  order: orderId.optional(),
  reason: text,
  rule: text,
  /** SHA-256 of the policy that decided. */
  policy: z.string(),
  mode: z.enum(['auto', 'approved']),
  decidedAt: instantMs,
  expiresAt: instantMs,
};

/** Names the components it gives back, in the order's currency, and what was given before, so that the executor can compare with its own books. */
const moneyBack = {
  ...ordered,
  money,
  components: z.array(component).min(1),
  givenBefore: money,
  fundedBy: z.enum(['us', 'seller', 'carrier']),
};

const refund = z.strictObject({ ...moneyBack, kind: z.literal('refund') });
const credit = z.strictObject({ ...moneyBack, kind: z.literal('credit') });
const replacement = z.strictObject({
  ...ordered,
  kind: z.literal('replacement'),
  lines: z.array(plainId).min(1),
  service: z.enum(['standard', 'express']),
  giftWrap: z.boolean(),
  needBy: instantMs.optional(),
});
const notification = z.strictObject({
  ...ordered,
  kind: z.literal('notification'),
  template: text,
  locale: z.string(),
  parameters: z.record(z.string(), z.string()),
  short: z.string().max(160),
  long: z.string().max(5_000),
  /** Not before this: quiet hours are over in the customer's zone. */
  notBefore: instantMs,
});
const escalation = z.strictObject({
  ...ordered,
  kind: z.literal('escalation'),
  skill: text,
  dueAt: instantMs,
  summary: z.string().max(5_000),
});
const return_ = z.strictObject({ ...ordered, kind: z.literal('return'), lines: z.array(plainId).min(1), refundAtFirstScan: z.boolean() });
const retraction = z.strictObject({ ...ordered, kind: z.literal('retraction'), of: commandId });

export type Refund = z.infer<typeof refund>;
export type Credit = z.infer<typeof credit>;
export type Replacement = z.infer<typeof replacement>;
export type Notification = z.infer<typeof notification>;
export type Escalation = z.infer<typeof escalation>;
export type Return = z.infer<typeof return_>;
export type Retraction = z.infer<typeof retraction>;
export type Command = Refund | Credit | Replacement | Notification | Escalation | Return | Retraction;

const remedyTopic = <T extends Command>(name: string, schema: z.ZodType<T>, guarded = false) =>
  jsonTopic<T>({ name, schema, key: (command) => command.customer, guarded });

/** The topic of each kind of command, all keyed by customer; what moves money or goods is guarded by the permit. */
export const remedies = {
  refund: remedyTopic<Refund>('remedy.refunds', refund, true),
  credit: remedyTopic<Credit>('remedy.credits', credit, true),
  replacement: remedyTopic<Replacement>('remedy.replacements', replacement, true),
  notification: remedyTopic<Notification>('remedy.notifications', notification),
  escalation: remedyTopic<Escalation>('remedy.escalations', escalation),
  return: remedyTopic<Return>('remedy.returns', return_),
  retraction: remedyTopic<Retraction>('remedy.retractions', retraction),
} as const;

/** The topic that a command goes to. */
export const topicOf = (kind: RemedyKind): Topic<Command> => remedies[kind];

export const command = z.discriminatedUnion('kind', [refund, credit, replacement, notification, escalation, return_, retraction]);
