import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Temporal } from 'temporal-polyfill';
import { beforeAll, describe, expect, it } from 'vitest';
import { zoneOfState } from '../../../src/lab/importers/olist/zone-of-state.ts';
import type { Decision } from '../../../src/topics/decisions.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { importInto } from './olist-history.ts';
import { digestsOf, policy, replayInto, valuesOf } from './replaying.ts';

const data = process.env['AMENDS_DATA'];
const folder = join(data ?? '', 'olist');

/** What the CSV files say of an order, read apart from the importer: when it was promised until, and when it came. */
interface Truth {
  readonly promisedUntil: number;
  readonly promisedAt: number;
  readonly deliveredAt: number | undefined;
  readonly isCancelled: boolean;
  readonly isPaid: boolean;
}

const rowsOf = (file: string): readonly Readonly<Record<string, string>>[] => parse(readFileSync(join(folder, file)), { columns: true });
const inSaoPaulo = (local: string): number =>
  Temporal.PlainDateTime.from(local.replace(' ', 'T')).toZonedDateTime('America/Sao_Paulo').epochMilliseconds;

const truths = (): ReadonlyMap<string, Truth> => {
  const stateOf = new Map(rowsOf('customers.csv').map((row) => [row['customer_id'], row['customer_state']]));
  const paid = new Set(rowsOf('order_items.csv').map((row) => row['order_id']));
  return new Map(
    rowsOf('orders.csv').map((row) => {
      const zone = zoneOfState.get(stateOf.get(row['customer_id']) ?? '') ?? 'UTC';
      const day = Temporal.PlainDate.from((row['order_estimated_delivery_date'] ?? '').slice(0, 10));
      const delivered = row['order_delivered_customer_date'];
      return [
        row['order_id'] ?? '',
        {
          promisedUntil: day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds,
          promisedAt: inSaoPaulo(row['order_approved_at'] || row['order_purchase_timestamp'] || ''),
          deliveredAt: delivered ? inSaoPaulo(delivered) : undefined,
          isCancelled: ['canceled', 'unavailable'].includes(row['order_status'] ?? ''),
          isPaid: paid.has(row['order_id']),
        },
      ];
    }),
  );
};

/** Every command that moves money or goods. */
const moneyIn = (out: string): readonly Command[] =>
  ['remedy.refunds', 'remedy.credits', 'remedy.replacements'].flatMap((topic) => valuesOf(out, topic) as readonly Command[]);

describe.skipIf(data === undefined)('the real Olist orders, replayed', { timeout: 120_000 }, () => {
  let file = '';
  let out = '';
  beforeAll(async () => {
    const home = mkdtempSync(join(tmpdir(), 'amends-'));
    file = await importInto(home, folder);
    ({ out } = await replayInto(home, file));
    return () => rmSync(home, { recursive: true, force: true });
  }, 120_000);

  it('get no money, credit or replacement where they came inside the promised window', () => {
    const orders = truths();
    const onTime = (order: string | undefined): boolean => {
      const truth = orders.get(order ?? '');
      return truth?.deliveredAt !== undefined && truth.deliveredAt < truth.promisedUntil;
    };
    const wrong = moneyIn(out).filter(({ order }) => onTime(order));
    expect(wrong).toEqual([]);
    expect([...orders.keys()].filter(onTime).length).toBeGreaterThan(1_000);
  });

  it('get their first remedy by the end of the window, promiseGrace and settle, where they came later than that', () => {
    const settleMs = policy.rules.find(({ issue }) => issue === 'promise-missed')?.settleMs ?? 0;
    const first = new Map<string, number>();
    for (const { order, outcome, at } of valuesOf(out, 'remedy.decisions') as readonly Decision[])
      if (order !== undefined && outcome === 'ordered') first.set(order, Math.min(at, first.get(order) ?? Infinity));
    const late = [...truths()].flatMap(([order, truth]) => {
      const by = truth.promisedUntil + policy.promiseGraceMs + settleMs;
      // Promised only after the day had passed, cancelled, or of unknown content: judged by other rules.
      const counts = truth.isPaid && !truth.isCancelled && truth.promisedAt < truth.promisedUntil;
      return counts && truth.deliveredAt !== undefined && truth.deliveredAt > by ? [{ order, by }] : [];
    });
    expect(late.length).toBeGreaterThan(100);
    expect(late.filter(({ order, by }) => !((first.get(order) ?? Infinity) <= by))).toEqual([]);
  });

  it('get no money for lateness before the end of the window and promiseGrace', () => {
    const orders = truths();
    const early = moneyIn(out).filter(
      ({ order, decidedAt }) => decidedAt < (orders.get(order ?? '')?.promisedUntil ?? Infinity) + policy.promiseGraceMs,
    );
    expect(early).toEqual([]);
  });

  it('get the same bytes over 1, 3 and 8 partitions and 1 and 3 processes', async () => {
    for (const split of [{ partitions: 1 }, { partitions: 8, processes: 3 }]) {
      const again = await replayInto(temporaryFolder(), file, split);
      expect({ split, files: digestsOf(again.out) }).toEqual({ split, files: digestsOf(out) });
    }
  });
});
