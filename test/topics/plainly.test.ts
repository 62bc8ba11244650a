import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import type { Decoded, Topic } from '../../src/formats/topic.ts';
import type { LogRecord } from '../../src/values/record.ts';
import { instant } from '../../src/values/time.ts';

const identity = { carrier: 'dhl', number: '1Z0001', shipment: 's1' };
const scan = { ...identity, observedAt: '2026-12-01T10:00:00.000Z', status: 'in-transit', code: 'C1', place: 'hub 7' };
const price = { amountMinor: 1_299, currency: 'EUR' };
const promise = {
  ...identity,
  revision: 1,
  madeAt: '2026-12-01T09:00:00Z',
  order: 'o1',
  customer: 'c1',
  seller: 'seller-1',
  fulfilledBy: 'us',
  lines: [{ line: '1', quantity: 2 }],
  components: [
    { line: '1', component: 'line', money: price },
    { component: 'shipping', money: price },
  ],
  tenders: [{ tender: 'card', money: price, captured: true }],
  gift: false,
  window: { from: '2026-12-08', until: '2026-12-10T18:00', zone: 'Europe/Berlin' },
};

/** What a member may be replaced by: near misses of every kind of value there is. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    'a/b',
    'a:b',
    'x'.repeat(128),
    'x'.repeat(129),
    'x'.repeat(500),
    'x'.repeat(501),
    0,
    -1,
    1.5,
    2 ** 53,
    1e300,
    [],
    {},
    'in-transit',
    'exception',
    'lost',
    'us',
    'line',
    'card',
    'USD',
    'usd',
    '2026-02-30',
    '2026-02-28',
    '2026-02-30T10:00:00Z',
    '2024-02-29T10:00:00.000Z',
    '2026-13-01T10:00:00Z',
    '2026-12-01T24:00:00Z',
    '2026-12-01T10:00:00+01:00',
    '2026-12-01T10:00:00',
    '2026-12-01T10:00Z',
    '2026-12-01T25:00',
    'Europe/Berlin',
    'Europe/Nowhere',
    price,
    [price],
    [{ line: '1', quantity: 1, title: 'x' }],
  ),
  fc.jsonValue(),
);

/** A copy of the value with one member, at any depth, replaced, taken away or added. */
const altered = (value: object): fc.Arbitrary<unknown> => {
  const paths: (readonly string[])[] = [];
  const walk = (at: unknown, path: readonly string[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof at === 'object' && at !== null) for (const [name, member] of Object.entries(at)) walk(member, [...path, name]);
  };
  walk(value, []);
  const how = fc.constantFrom('replace', 'remove', 'add', 'nothing');
  const added = fc.constantFrom('zone', 'reason', 'code', 'line', 'title', 'locale', 'needBy', '__proto__', 'constructor', 'toString');
  return fc.tuple(fc.constantFrom(...paths), how, added, strange).map(([path, what, name, by]) => {
    const copy = structuredClone(value);
    let at = copy as Record<string, unknown>;
    for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
    const last = path.at(-1) ?? '';
    if (what === 'replace') at[last] = by;
    else if (what === 'remove') delete at[last];
    else if (what === 'add') Object.defineProperty(at, name, { value: by, enumerable: true, configurable: true, writable: true });
    return copy;
  });
};

const recordOf = (json: string, key: string): LogRecord => ({
  topic: 't',
  partition: 0,
  offset: 0,
  timestamp: instant(0),
  key: Buffer.from(key),
  value: Buffer.from(json),
  headers: () => new Map(),
});

describe.each([
  ['a scan', scan, deliveryTracking],
  ['a promise', promise, deliveryPromises],
] as const)('what is known at a glance of %s', (_, good, topic) => {
  const { schema } = topic;
  const decode = (json: string, key: string): Decoded<unknown> => (topic as unknown as Topic<unknown>).decode(recordOf(json, key));

  it('is read as the schema reads it, or refused as the schema refuses it, whatever is altered', () => {
    fc.assert(
      fc.property(altered(good), (value) => {
        const json = JSON.stringify(value);
        const parsed = schema.safeParse(JSON.parse(json));
        const decoded = decode(json, 'dhl:1Z0001:s1');
        if (decoded.kind === 'read') expect(parsed).toStrictEqual({ success: true, data: decoded.value });
        else if (decoded.kind === 'unreadable' && decoded.code === 'AMENDS_RECORD_INVALID') expect(parsed.success).toBe(false);
        else expect(parsed.success).toBe(true); // Under another key.
      }),
      { numRuns: 5_000 },
    );
  });

  it('is what most records are', () => {
    expect(decode(JSON.stringify(good), 'dhl:1Z0001:s1')).toEqual({ kind: 'read', value: good });
  });
});
