import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/memory-store.ts';
import { Overlay } from '../../src/engine/overlay.ts';
import { keep, readKept } from '../../src/engine/row-encoding.ts';
import type { Table } from '../../src/engine/stage.ts';
import type { Row } from '../../src/engine/store.ts';
import type { Instant } from '../../src/values/time.ts';
import { instant, never } from '../../src/values/time.ts';

interface State {
  readonly n: number;
  readonly due?: number;
}

const wakeAt = ({ due }: State): Instant | undefined => (due === undefined ? undefined : instant(due));
const plain: Table<State> = { name: 'plain', version: 1, wakeAt, upcast: (_, stored) => stored as State };
/** Kept as JSON text. */
const packed: Table<State> = {
  ...plain,
  name: 'packed',
  pack: ({ n, due }) => (due === undefined ? [n] : [n, due]),
  upcast: (_, stored) => unpack(stored),
};
const unpack = (stored: unknown): State => {
  const [n, due] = stored as [number, number?];
  return due === undefined ? { n } : { n, due };
};
const tables = [plain, packed] as readonly Table<unknown>[] as readonly [Table<unknown>, Table<unknown>];
const keys = ['ann', 'ann/a', 'ann/b', 'ann/b/c', 'annie', 'bob', 'bob/a'];
const prefixes = ['', 'a', 'ann', 'ann/', 'ann/b', 'bob/', 'cy', 'cy/'];

interface Kept {
  readonly table: string;
  readonly key: string;
  readonly state: State;
  readonly wakeAt: number;
  readonly touched: number;
}
const nameOf = (of: { readonly table: string; readonly key: string }): string => `${of.table} ${of.key}`;
const inOrder = (a: Kept, b: Kept): number =>
  a.wakeAt - b.wakeAt || (a.table < b.table ? -1 : a.table > b.table ? 1 : a.key < b.key ? -1 : 1);

/** The plain truth: a Map that is copied where something may be taken back. */
class Model {
  committed = new Map<string, Kept>();
  rows = new Map<string, Kept>();
  /** Not among the deadlines in this batch. */
  taken = new Set<string>();
  /** Not among the deadlines in any batch, until something schedules it. */
  held = new Set<string>();
  heldNow = new Set<string>();
  /** What was taken once comes back when the batch ends, also where it was held after that. */
  takenOnce = new Set<string>();
  changed = new Set<string>();
  #before = { rows: this.rows, changed: this.changed, touched: new Map<string, number>() };
  #put = new Set<string>();

  begin(): void {
    this.#before = { rows: new Map(this.rows), changed: new Set(this.changed), touched: new Map(this.#touched) };
    this.#put = new Set();
  }

  put(table: string, key: string, state: State | undefined, touched: number | undefined, notBefore: number): void {
    const name = nameOf({ table, key });
    const before = this.rows.get(name) ?? this.committed.get(name);
    if (state === undefined) this.rows.delete(name);
    else
      this.rows.set(name, {
        table,
        key,
        state,
        wakeAt: Math.max(state.due ?? Infinity, notBefore),
        touched: touched ?? this.#touchedOf(name, before),
      });
    this.#touched.set(name, touched ?? this.#touchedOf(name, before));
    this.changed.add(name);
    this.#put.add(name);
  }

  rollback(): void {
    this.rows = this.#before.rows;
    this.changed = this.#before.changed;
    // A row that had changed before is among the deadlines again, taken or not; one that had not is as it was.
    for (const name of this.#put) if (this.changed.has(name)) this.taken.delete(name);
    this.#touched = this.#before.touched;
  }

  /** Of a row deleted in this batch and put again by a timer, when it was touched is still known. */
  #touched = new Map<string, number>();
  #touchedOf(name: string, before: Kept | undefined): number {
    return this.#touched.get(name) ?? before?.touched ?? never;
  }

  schedulePut(name: string): void {
    this.taken.delete(name);
  }

  get(table: string, key: string): State | undefined {
    return this.rows.get(nameOf({ table, key }))?.state;
  }

  under(table: string, prefix: string, after: string, limit: number): readonly (readonly [string, State])[] {
    return [...this.rows.values()]
      .filter((row) => row.table === table && row.key.startsWith(prefix) && row.key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, limit)
      .map(({ key, state }) => [key, state] as const);
  }

  firstDue(among: (name: string) => boolean = () => true): Kept | undefined {
    return [...this.rows.values()]
      .filter(
        (row) =>
          Number.isFinite(row.wakeAt) &&
          !this.taken.has(nameOf(row)) &&
          (!this.held.has(nameOf(row)) || this.changed.has(nameOf(row))) &&
          among(nameOf(row)),
      )
      .sort(inOrder)[0];
  }

  end(isCommitted: boolean): void {
    if (isCommitted) {
      this.committed = this.rows;
      for (const name of this.changed) this.held.delete(name);
    }
    this.rows = new Map(this.committed);
    this.taken = new Set();
    this.heldNow = new Set();
    this.takenOnce = new Set();
    this.changed = new Set();
    this.#touched = new Map();
  }
}

const key = fc.constantFrom(...keys);
const which = fc.nat(1);
const at = fc.nat(9);
const put = fc.record({
  which,
  key,
  state: fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: fc.record({ n: fc.nat(99), due: at }) },
    { weight: 1, arbitrary: fc.record({ n: fc.nat(99) }) },
  ),
  touched: fc.option(at, { nil: undefined }),
  notBefore: fc.oneof(fc.constant<number>(never), at),
});
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('call' as const), puts: fc.array(put, { maxLength: 4 }), fails: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('under' as const),
      which,
      prefix: fc.constantFrom(...prefixes),
      after: fc.constantFrom('', ...keys),
      limit: fc.constantFrom(0, 1, 2, Infinity),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), hold: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reschedule' as const), which, key }) },
);
const batches = fc.array(fc.record({ steps: fc.array(step, { maxLength: 10 }), isCommitted: fc.boolean() }), { maxLength: 8 });

const shown = (row: Row | undefined): unknown => row && { table: row.table, key: row.key, wakeAt: row.wakeAt, touched: row.touched };

/** All that the store has, by name. */
const stored = (store: MemoryStore): ReadonlyMap<string, unknown> =>
  new Map(
    tables.flatMap((table) =>
      [...store.keysUnder(table.name, '')].map((each) => {
        const row = store.row(table.name, each);
        return [`${table.name} ${each}`, { state: readKept(table, row?.kept), wakeAt: row?.wakeAt, touched: row?.touched }] as const;
      }),
    ),
  );
const expectedOf = (model: Model): ReadonlyMap<string, unknown> =>
  new Map([...model.committed].map(([name, { state, wakeAt: due, touched }]) => [name, { state, wakeAt: due, touched }]));

describe('the overlay of a batch over the store', () => {
  it('is a plain map that is copied, whatever is put, taken back, committed and thrown away over several batches', () => {
    fc.assert(
      fc.property(batches, (of) => {
        const store = new MemoryStore();
        const model = new Model();
        let appliedOffset = 0;
        for (const { steps, isCommitted } of of) {
          const overlay = new Overlay(store);
          for (const each of steps) {
            if (each.kind === 'call') {
              overlay.begin();
              model.begin();
              for (const { which: of_, key: name, state, touched, notBefore } of each.puts) {
                const table = tables[of_] ?? tables[0];
                expect(overlay.get(table, name)).toEqual(model.get(table.name, name));
                overlay.put(table, name, state, touched === undefined ? undefined : instant(touched), instant(notBefore));
                model.put(table.name, name, state, touched, notBefore);
                expect(overlay.get(table, name)).toEqual(state);
              }
              expect(overlay.hasBegun).toBe(each.puts.length > 0);
              if (each.fails) {
                overlay.rollback();
                model.rollback();
              } else
                for (const { which: of_, key: name } of each.puts)
                  model.schedulePut(nameOf({ table: (tables[of_] ?? tables[0]).name, key: name }));
            } else if (each.kind === 'under') {
              const table = tables[each.which] ?? tables[0];
              expect([...overlay.under(table, each.prefix, each.after, each.limit)]).toEqual(
                model.under(table.name, each.prefix, each.after, each.limit),
              );
            } else if (each.kind === 'take') {
              const row = overlay.firstDue();
              const due = model.firstDue();
              expect(shown(row)).toEqual(due && { table: due.table, key: due.key, wakeAt: due.wakeAt, touched: due.touched });
              if (row && due) {
                expect(overlay.isDue(row.table, row.key, instant(due.wakeAt))).toBe(true);
                expect(overlay.isDue(row.table, row.key, instant(due.wakeAt - 1))).toBe(false);
                overlay.take(row, each.hold);
                const name = nameOf(due);
                if (each.hold && !model.changed.has(name) && !model.takenOnce.has(name)) {
                  model.held.add(name);
                  model.heldNow.add(name);
                } else {
                  model.taken.add(name);
                  model.takenOnce.add(name);
                }
              }
            } else {
              const table = tables[each.which] ?? tables[0];
              overlay.reschedule(table.name, each.key);
              const name = nameOf({ table: table.name, key: each.key });
              model.taken.delete(name);
              model.held.delete(name);
            }
            expect(overlay.dueBound).toBeLessThanOrEqual(model.firstDue()?.wakeAt ?? Infinity);
            expect(stored(store)).toEqual(expectedOf(model));
            expect(new Set(overlay.changes.map(nameOf))).toEqual(model.changed);
          }
          if (isCommitted) {
            for (const changed of overlay.changes) changed.kept = keep(changed.of, changed.state);
            overlay.commit((appliedOffset += 10));
          } else {
            // What a batch held that is thrown away may be due again or not: here it is, so that both are right.
            for (const name of model.heldNow) {
              const [table = '', ...rest] = name.split(' ');
              overlay.reschedule(table, rest.join(' '));
              model.held.delete(name);
            }
            overlay.discard();
          }
          model.end(isCommitted);
          expect(stored(store)).toEqual(expectedOf(model));
          expect([store.size, store.appliedOffset]).toEqual([model.committed.size, appliedOffset]);
          const due = model.firstDue();
          expect(shown(store.firstDue())).toEqual(due && { table: due.table, key: due.key, wakeAt: due.wakeAt, touched: due.touched });
          expect(store.dueBound).toBeLessThanOrEqual(due?.wakeAt ?? Infinity);
          for (const table of tables)
            expect(new Overlay(store).hasAny(table.name)).toBe([...model.committed.values()].some((row) => row.table === table.name));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a row that was held comes back when it is rescheduled, and when it changes', () => {
    const store = new MemoryStore();
    store.apply(
      ['ann', 'bob'].map((each) => ({ table: 'plain', key: each, kept: { n: 1, due: 5 }, wakeAt: 5, touched: never })),
      1,
    );
    const first = new Overlay(store);
    for (let row = first.firstDue(); row; row = first.firstDue()) first.take(row, true);
    first.commit(2);
    expect(store.firstDue()).toBeUndefined();
    const second = new Overlay(store);
    second.reschedule('plain', 'ann');
    expect(second.firstDue()?.key).toBe('ann');
    second.begin();
    second.put(tables[0], 'bob', { n: 2, due: 4 }, undefined, never);
    expect(second.firstDue()?.key).toBe('bob');
  });
});
