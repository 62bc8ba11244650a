import { z } from 'zod';
import type { CommandId, CustomerId, IssueId, OrderId, SessionId } from '../values/ids.ts';
import type { Money } from '../values/money.ts';
import type { Instant } from '../values/time.ts';

/** A schema whose output has a branded type; nothing happens at run time, so validation keeps its fast path. */
const branded = <T>(schema: z.ZodType): z.ZodType<T> => schema as unknown as z.ZodType<T>;

/** An id from outside: bounded, without white space and the characters that compound keys use. */
export const plainId = z.string().regex(/^[^\s/:]{1,128}$/, 'expected 1 to 128 characters without white space, "/" or ":"');
export const customerId = branded<CustomerId>(plainId);
export const orderId = branded<OrderId>(plainId);
export const sessionId = branded<SessionId>(plainId);
export const issueId = branded<IssueId>(plainId);
export const commandId = branded<CommandId>(plainId);

/** Text from outside, bounded. */
export const text = z.string().min(1).max(500);

/** Time from outside: ISO 8601 with Z or an offset. */
export const timestamp = z.iso.datetime({ offset: true });

/** Time from outside that may lack its zone: `2018-03-01T10:00:00`, read in the zone given beside it if there is one. */
export const localTimestamp = z.iso.datetime({ offset: true, local: true });

/** An IANA time zone. */
export const zone = z.string().min(1).max(64).refine(isZone, 'expected an IANA time zone such as Europe/Berlin');

const zones = new Map<string, boolean>();

// Asking Intl costs tens of microseconds, and a feed names the same few zones over and over.
function isZone(name: string): boolean {
  const known = zones.get(name) ?? isKnownToIntl(name);
  if (zones.size < 2_000) zones.set(name, known);
  return known;
}

function isKnownToIntl(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

/** An instant on our own topics: ms since 1970, UTC. */
export const instantMs = branded<Instant>(z.number().int());

export const currency = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code such as USD');

/** Never negative: what takes money back is an adjustment of its own. */
export const money: z.ZodType<Money> = z.strictObject({ amountMinor: z.number().int().nonnegative(), currency });

/** What an order is made of: each line net of discount, and apart from it tax, shipping and fees, of a line or of the whole order. */
export const componentKind = z.enum(['line', 'tax', 'shipping', 'fee']);
export const component = z.strictObject({ line: plainId.optional(), component: componentKind, money });
export type Component = z.infer<typeof component>;

/** How an order was paid. */
export const tender = z.strictObject({
  tender: z.enum(['card', 'bank', 'gift-card', 'store-credit', 'cash', 'other']),
  money,
  captured: z.boolean(),
});

export const position = z.strictObject({
  topic: z.string().max(249),
  partition: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
});
