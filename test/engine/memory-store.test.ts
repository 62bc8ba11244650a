import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/memory-store.ts';
import { instant, never } from '../../src/values/time.ts';

const keys = ['ann', 'ann/a', 'ann/b', 'ann/b/c', 'annie', 'annie/a', 'bob/a'];
const prefixes = ['', 'a', 'ann', 'ann/', 'ann/b', 'ann/b/', 'annie/', 'bob', 'bob/', 'cy/', '/'];
const change = fc.record({
  table: fc.constantFrom<string>('a', 'b'),
  key: fc.constantFrom(...keys),
  kept: fc.option(fc.nat(9), { nil: undefined }),
  wakeAt: fc.oneof(fc.nat(9), fc.constant(Infinity)),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const nameOf = ({ table, key }: Pick<Change, 'table' | 'key'>): string => `${table} ${key}`;

describe('the store in memory', () => {
  it('has what was applied last of each key, under whatever prefix, and wakes in order of time, table and key', () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 10 }), (transactions) => {
        const store = new MemoryStore();
        const rows = new Map<string, Change>();
        for (const [index, changes] of transactions.entries()) {
          store.apply(
            changes.map((each) => ({ ...each, wakeAt: each.kept === undefined ? Infinity : each.wakeAt, touched: instant(index) })),
            index + 1,
          );
          for (const each of changes)
            if (each.kept === undefined) rows.delete(nameOf(each));
            else rows.set(nameOf(each), each);
          expect([store.size, store.appliedOffset]).toEqual([rows.size, index + 1]);
          for (const table of ['a', 'b']) {
            const own = [...rows.values()].filter((row) => row.table === table);
            expect(store.hasAny(table)).toBe(own.length > 0);
            for (const prefix of prefixes)
              expect([...store.keysUnder(table, prefix)].sort()).toEqual(
                own
                  .map(({ key }) => key)
                  .filter((key) => key.startsWith(prefix))
                  .sort(),
              );
            for (const key of keys) expect(store.row(table, key)?.kept).toBe(rows.get(nameOf({ table, key }))?.kept);
          }
        }
        const due = [...rows.values()]
          .filter(({ wakeAt }) => wakeAt < Infinity)
          .sort((a, b) => a.wakeAt - b.wakeAt || (nameOf(a) < nameOf(b) ? -1 : 1));
        const woken: string[] = [];
        for (let row = store.firstDue(); row; row = store.firstDue()) {
          expect(store.dueBound).toBe(row.wakeAt);
          woken.push(nameOf(row));
          store.unschedule();
        }
        expect(woken).toEqual(due.map(nameOf));
      }),
      { numRuns: 200 },
    );
  });

  it('forgets how often a row was woken for nothing once the row changes', () => {
    const store = new MemoryStore();
    const put = (kept: number): void => store.apply([{ table: 'a', key: 'ann', kept, wakeAt: 5, touched: never }], 1);
    put(1);
    const row = store.row('a', 'ann');
    if (row) row.idleWakes = 9;
    put(2);
    expect(store.row('a', 'ann')).toMatchObject({ kept: 2, idleWakes: 0 });
  });

  it('wakes no row that was deleted, also when it was put aside and comes back', () => {
    const store = new MemoryStore();
    store.apply([{ table: 'a', key: 'ann', kept: 1, wakeAt: 5, touched: never }], 1);
    const row = store.firstDue();
    store.unschedule();
    store.apply([{ table: 'a', key: 'ann', kept: undefined, wakeAt: Infinity, touched: never }], 2);
    if (row) store.schedule(row);
    expect(store.firstDue()).toBeUndefined();
  });
});
