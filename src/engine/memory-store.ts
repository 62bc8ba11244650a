import type { Instant } from '../values/time.ts';
import { DeadlineIndex } from './deadline-index.ts';
import type { Change, KeptRow, Row, StateStore } from './store.ts';

/** Rows of one table: a map, and for compound keys (`subject/...`) the keys of each subject. */
class MemoryTable {
  readonly rows = new Map<string, KeptRow>();
  readonly #bySubject = new Map<string, Set<string>>();

  add(key: string, row: KeptRow): void {
    this.rows.set(key, row);
    const slash = key.indexOf('/');
    if (slash < 0) return;
    const subject = key.slice(0, slash);
    const keys = this.#bySubject.get(subject);
    if (keys) keys.add(key);
    else this.#bySubject.set(subject, new Set([key]));
  }

  remove(key: string): void {
    this.rows.delete(key);
    const slash = key.indexOf('/');
    if (slash < 0) return;
    const subject = key.slice(0, slash);
    const keys = this.#bySubject.get(subject);
    keys?.delete(key);
    if (keys?.size === 0) this.#bySubject.delete(subject);
  }

  *keysUnder(prefix: string): Iterable<string> {
    const slash = prefix.indexOf('/');
    const among = slash < 0 ? this.rows.keys() : (this.#bySubject.get(prefix.slice(0, slash)) ?? []);
    for (const key of among) if (key.startsWith(prefix)) yield key;
  }
}

/** A store in memory: maps by table, and one index of deadlines. Rebuilt from the changelog at every take-over by a new process. */
export class MemoryStore implements StateStore {
  readonly #tables = new Map<string, MemoryTable>();
  readonly #deadlines = new DeadlineIndex();
  #appliedOffset = 0;
  #size = 0;

  get appliedOffset(): number {
    return this.#appliedOffset;
  }

  get size(): number {
    return this.#size;
  }

  row(table: string, key: string): KeptRow | undefined {
    return this.#tables.get(table)?.rows.get(key);
  }

  hasAny(table: string): boolean {
    return (this.#tables.get(table)?.rows.size ?? 0) > 0;
  }

  keysUnder(table: string, prefix: string): Iterable<string> {
    return this.#tables.get(table)?.keysUnder(prefix) ?? [];
  }

  get dueBound(): number {
    return this.#deadlines.bound;
  }

  firstDue(): KeptRow | undefined {
    return this.#deadlines.first() as KeptRow | undefined;
  }

  unschedule(): void {
    this.#deadlines.removeFirst();
  }

  schedule(row: Row): void {
    this.#deadlines.schedule(row);
  }

  /** No row is due before `to`: in `records` mode a deadline already past when it was put became the instant of then. */
  raise(to: Instant): void {
    for (const { rows } of this.#tables.values()) for (const row of rows.values()) if (row.wakeAt < to) row.wakeAt = to;
  }

  apply(changes: Iterable<Change>, appliedOffset: number): void {
    for (const change of changes) this.#applyOne(change);
    this.#appliedOffset = appliedOffset;
  }

  #applyOne(change: Change): void {
    let table = this.#tables.get(change.table);
    if (!table) {
      table = new MemoryTable();
      this.#tables.set(change.table, table);
    }
    const row = change.row ?? table.rows.get(change.key);
    if (change.kept === undefined) {
      if (!row) return;
      row.wakeAt = Infinity;
      table.remove(change.key);
      this.#size -= 1;
    } else if (row) {
      row.kept = change.kept;
      row.wakeAt = change.wakeAt;
      row.touched = change.touched;
      row.idleWakes = 0;
      this.#deadlines.schedule(row);
    } else {
      const key = this.#ownKey(change.key);
      const fresh: KeptRow = {
        table: change.table,
        key,
        kept: change.kept,
        wakeAt: change.wakeAt,
        entryAt: Infinity,
        touched: change.touched,
        idleWakes: 0,
      };
      table.add(key, fresh);
      this.#size += 1;
      this.#deadlines.schedule(fresh);
    }
  }

  /**
   * The key as it is kept for as long as the row: the string of another table's row by that key, else a flat copy. One put
   * together from parts would keep all of them alive, and each is several times its own size.
   */
  #ownKey(key: string): string {
    for (const { rows } of this.#tables.values()) {
      const known = rows.get(key);
      if (known) return known.key;
    }
    return Buffer.from(key).toString('utf8');
  }
}
