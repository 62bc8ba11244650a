import { createHash } from 'node:crypto';

type Id<Brand extends string> = string & { readonly id: Brand };
export type CustomerId = Id<'customer'>;
export type OrderId = Id<'order'>;
export type ShipmentId = Id<'shipment'>;
export type SessionId = Id<'session'>;
export type IssueId = Id<'issue'>;
export type CommandId = Id<'command'>;

/** What a customer can get; also the kind of the command that orders it. */
export type RemedyKind = 'refund' | 'credit' | 'replacement' | 'notification' | 'escalation' | 'return' | 'retraction';

const digest = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);

/**
 * The identity of a problem. `armedBy` is what started it, from content (the promise's revision, the last moving scan);
 * never a counter, a clock or an offset, so that a replay or a new policy finds the same id and can't pay twice.
 */
export const issueIdOf = (detector: string, subject: string, armedBy: string): IssueId =>
  `i-${digest([detector, subject, armedBy])}` as IssueId;

/**
 * The identity of a remedy, and its idempotency key downstream. `nth`: how many steps of that kind this run of the ladder
 * has reached; `recipient` where one step serves several.
 */
export const commandIdOf = (issue: IssueId, kind: RemedyKind, nth: number, recipient = ''): CommandId =>
  `c-${digest([issue, kind, String(nth), recipient])}` as CommandId;
