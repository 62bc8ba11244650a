import type { Rows, Table, Task } from '../../../src/engine/stage.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import type { Instant } from '../../../src/values/time.ts';
import { never } from '../../../src/values/time.ts';

/** A value that a stage emitted, and its clock at that moment. */
export interface Emitted {
  readonly topic: string;
  readonly value: unknown;
  readonly at: Instant;
}

interface Kept {
  readonly table: Table<unknown>;
  readonly key: string;
  readonly state: unknown;
  readonly wakeAt: number;
}

/** A row that may be due. */
export interface DueRow {
  readonly table: string;
  readonly key: string;
  readonly wakeAt: number;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a stage sees as its task, over Maps: no batch, no commit, nothing to go wrong. */
export class PlainTask implements Task {
  now: Instant = never;
  money = true;
  silence = true;
  readonly emitted: Emitted[];
  readonly #rows: Map<string, Map<string, Kept>>;
  readonly #pastIsNow: boolean;

  /** `pastIsNow`: a deadline that is past when it is set becomes now, as `records` time promises. */
  constructor(of: { readonly pastIsNow: boolean }, copied?: { readonly rows: Map<string, Map<string, Kept>> }) {
    this.#pastIsNow = of.pastIsNow;
    this.emitted = [];
    this.#rows = new Map([...(copied?.rows ?? [])].map(([name, rows]) => [name, new Map(rows)]));
  }

  /** A task with the same rows that has emitted nothing. States are never changed in place. */
  copy(): PlainTask {
    const copy = new PlainTask({ pastIsNow: this.#pastIsNow }, { rows: this.#rows });
    copy.now = this.now;
    copy.money = this.money;
    return copy;
  }

  get<S>(table: Table<S>, key: string): Readonly<S> | undefined {
    return this.#rows.get(table.name)?.get(key)?.state as S | undefined;
  }

  put<S>(table: Table<S>, key: string, state: S | undefined): void {
    let rows = this.#rows.get(table.name);
    if (!rows) this.#rows.set(table.name, (rows = new Map()));
    if (state === undefined) {
      rows.delete(key);
      return;
    }
    const wanted = table.wakeAt(state) ?? Infinity;
    rows.set(key, {
      table: table,
      key,
      state,
      wakeAt: this.#pastIsNow ? Math.max(wanted, this.now) : wanted,
    });
  }

  *under<S>(table: Table<S>, prefix: string, after: string, limit: number): Iterable<readonly [string, S]> {
    const keys = [...(this.#rows.get(table.name)?.keys() ?? [])].filter((key) => key.startsWith(prefix) && key > after).sort(compare);
    for (const key of keys.slice(0, limit)) {
      const state = this.get(table, key);
      if (state !== undefined) yield [key, state];
    }
  }

  emit<T>(topic: Topic<T>, value: T): void {
    this.emitted.push({ topic: topic.name, value, at: this.now });
  }

  tell(): void {}

  /** The row that is due first, in order of (wakeAt, table, key), of those that `isLeftOut` doesn't leave out. */
  firstDue(isLeftOut: (table: string, key: string, state: unknown) => boolean): DueRow | undefined {
    let first: DueRow | undefined;
    for (const [table, rows] of this.#rows)
      for (const { key, wakeAt, state } of rows.values()) {
        if (wakeAt === Infinity || (first && wakeAt > first.wakeAt)) continue;
        if (first && wakeAt === first.wakeAt && (compare(table, first.table) || compare(key, first.key)) > 0) continue;
        if (!isLeftOut(table, key, state)) first = { table, key, wakeAt };
      }
    return first;
  }

  /** When a row wants to be woken; undefined where it doesn't, or isn't there. */
  wakeAt(table: string, key: string): number | undefined {
    const wakeAt = this.#rows.get(table)?.get(key)?.wakeAt;
    return wakeAt === Infinity ? undefined : wakeAt;
  }

  /** A row's state, whatever its table's type. */
  state(table: string, key: string): unknown {
    return this.#rows.get(table)?.get(key)?.state;
  }

  /** Keys of a table's rows. */
  keys(table: string): readonly string[] {
    return [...(this.#rows.get(table)?.keys() ?? [])].sort(compare);
  }

  /** Has a stage wake one of its rows. */
  wake(rows: readonly Rows[], row: { readonly table: string; readonly key: string }): void {
    const kept = this.#rows.get(row.table)?.get(row.key);
    if (kept) rows.find(({ table }) => table.name === row.table)?.wake(row.key, kept.state, this);
  }
}
