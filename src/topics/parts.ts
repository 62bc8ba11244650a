import { z } from 'zod';
import type { CommandId, CustomerId, IssueId, OrderId, SessionId } from '../values/ids.ts';
import type { Money } from '../values/money.ts';
import type { Instant } from '../values/time.ts';

/** Whether it is an object of JSON, and no array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether it has exactly so many members: with as many known ones found there is no other. */
export const hasOnly = (value: Readonly<Record<string, unknown>>, members: number): boolean => {
  let count = 0;
  for (const _ in value) count += 1;
  return count === members;
};

/** Whether it is a whole number, at least `least`, of those that a double tells apart. */
export const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least;

/** Whether it is an array of at most so many, each of which `is`. */
export const isListOf = (value: unknown, is: (each: unknown) => boolean, most: number): boolean =>
  Array.isArray(value) && value.length <= most && value.every(is);

/** A schema whose output has a branded type; nothing happens at run time, so validation keeps its fast path. */
const branded = <T>(schema: z.ZodType): z.ZodType<T> => schema as unknown as z.ZodType<T>;

/** An id from outside: bounded, without white space and the characters that compound keys use. */
const plainIdPattern = /^[^\s/:]{1,128}$/;
export const plainId = z.string().regex(plainIdPattern, 'expected 1 to 128 characters without white space, "/" or ":"');
export const customerId = branded<CustomerId>(plainId);
export const orderId = branded<OrderId>(plainId);
export const sessionId = branded<SessionId>(plainId);
export const issueId = branded<IssueId>(plainId);
export const commandId = branded<CommandId>(plainId);

/** Whether it is a `plainId`. */
export const isPlainId = (value: unknown): boolean => typeof value === 'string' && plainIdPattern.test(value);

/** Text from outside, bounded. */
export const text = z.string().min(1).max(500);

/** Whether it is a `text`. */
export const isText = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 500;

/** Time from outside: ISO 8601 with Z or an offset. */
export const timestamp = z.iso.datetime({ offset: true });

/** Time from outside that may lack its zone: `2018-03-01T10:00:00`, read in the zone given beside it if there is one. */
export const localTimestamp = z.iso.datetime({ offset: true, local: true });

/** A time to the millisecond, as most programs write it: a `timestamp` and a `localTimestamp` too. Days that no month has are left to those. */
const plainTime = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

/** Whether it is for certain a time from outside. */
export const isPlainTime = (value: unknown): boolean => typeof value === 'string' && plainTime.test(value);

/** An IANA time zone. */
export const zone = z.string().min(1).max(64).refine(isZone, 'expected an IANA time zone such as Europe/Berlin');

/** Whether it is a `zone`. */
export const isPlainZone = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= 64 && isZone(value);

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

const currencyPattern = /^[A-Z]{3}$/;
export const currency = z.string().regex(currencyPattern, 'expected an ISO 4217 code such as USD');

/** Never negative: what takes money back is an adjustment of its own. */
export const money: z.ZodType<Money> = z.strictObject({ amountMinor: z.number().int().nonnegative(), currency });

/** Whether it is `money`. */
const isPlainMoney = (value: unknown): boolean =>
  isRecord(value) &&
  isWhole(value['amountMinor'], 0) &&
  typeof value['currency'] === 'string' &&
  currencyPattern.test(value['currency']) &&
  hasOnly(value, 2);

/** What an order is made of: each line net of discount, and apart from it tax, shipping and fees, of a line or of the whole order. */
export const componentKind = z.enum(['line', 'tax', 'shipping', 'fee']);
export const component = z.strictObject({ line: plainId.optional(), component: componentKind, money });
export type Component = z.infer<typeof component>;

const componentKinds: ReadonlySet<unknown> = new Set(componentKind.options);

/** Whether it is a `component`. */
export const isPlainComponent = (value: unknown): boolean =>
  isRecord(value) &&
  (value['line'] === undefined || isPlainId(value['line'])) &&
  componentKinds.has(value['component']) &&
  isPlainMoney(value['money']) &&
  hasOnly(value, value['line'] === undefined ? 2 : 3);

/** How an order was paid. */
export const tender = z.strictObject({
  tender: z.enum(['card', 'bank', 'gift-card', 'store-credit', 'cash', 'other']),
  money,
  captured: z.boolean(),
});

const tenderKinds: ReadonlySet<unknown> = new Set(tender.shape.tender.options);

/** Whether it is a `tender`. */
export const isPlainTender = (value: unknown): boolean =>
  isRecord(value) &&
  tenderKinds.has(value['tender']) &&
  isPlainMoney(value['money']) &&
  typeof value['captured'] === 'boolean' &&
  hasOnly(value, 3);

export const position = z.strictObject({
  topic: z.string().max(249),
  partition: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
});
