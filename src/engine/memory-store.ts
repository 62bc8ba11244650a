import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';
import { KeptText } from './kept-text.ts';
import { RowColumns } from './row-columns.ts';
import { RowDeadlines } from './row-deadlines.ts';
import { RowTexts } from './row-texts.ts';
import type { Change, KeptRow, Row, StateStore } from './store.ts';

const mostIdleWakes = 255;

/** Rows of one table, by their numbers in the store: a map, and for compound keys (`subject/...`) the keys of each subject. */
class MemoryTable {
  readonly number: number;
  readonly rows = new Map<string, number>();
  readonly #bySubject = new Map<string, Set<string>>();

  constructor(number: number) {
    this.number = number;
  }

  add(key: string, row: number): void {
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

/** A row of the store, made when it is asked for: what it tells is read from the store, and what is set there is kept. */
class StoredRow implements KeptRow {
  readonly table: string;
  readonly key: string;
  readonly number: number;
  readonly #rows: RowColumns;
  readonly #kept: (row: number) => unknown;

  constructor(table: string, key: string, number: number, rows: RowColumns, kept: (row: number) => unknown) {
    this.table = table;
    this.key = key;
    this.number = number;
    this.#rows = rows;
    this.#kept = kept;
  }

  get kept(): unknown {
    return this.#kept(this.number);
  }

  get wakeAt(): number {
    return this.#rows.wakeAt[this.number] ?? Infinity;
  }

  get entryAt(): number {
    return this.#rows.entryAt[this.number] ?? Infinity;
  }

  get touched(): Instant {
    return instant(this.#rows.touched[this.number] ?? -Infinity);
  }

  get idleWakes(): number {
    return this.#rows.idleWakes[this.number] ?? 0;
  }

  set idleWakes(times: number) {
    this.#rows.idleWakes[this.number] = Math.min(times, mostIdleWakes);
  }

  /** False once it was deleted, also where another row has its number now. */
  get isThere(): boolean {
    const { key, table, tables, isRow } = this.#rows;
    return isRow[this.number] === 1 && key[this.number] === this.key && tables[table[this.number] ?? 0] === this.table;
  }
}

/**
 * A store in memory: keys in maps by table, the rest in columns and segments of bytes, so that a million rows take little more than
 * their own text, and the collector nothing to look at. Rebuilt from the changelog at every take-over by a new process.
 */
export class MemoryStore implements StateStore {
  readonly #tables = new Map<string, MemoryTable>();
  readonly #rows = new RowColumns();
  readonly #deadlines = new RowDeadlines(this.#rows);
  readonly #texts = new RowTexts();
  /** What is kept of rows that are no text, by number. */
  readonly #states = new Map<number, unknown>();
  readonly #keptOf = (row: number): unknown => this.#texts.get(row) ?? this.#states.get(row);
  #appliedOffset = 0;
  #size = 0;

  get appliedOffset(): number {
    return this.#appliedOffset;
  }

  get size(): number {
    return this.#size;
  }

  row(table: string, key: string): KeptRow | undefined {
    const row = this.#tables.get(table)?.rows.get(key);
    return row === undefined ? undefined : new StoredRow(table, key, row, this.#rows, this.#keptOf);
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
    const row = this.#deadlines.first();
    if (row === undefined) return undefined;
    const { table, tables, key } = this.#rows;
    return new StoredRow(tables[table[row] ?? 0] ?? '', key[row] ?? '', row, this.#rows, this.#keptOf);
  }

  get firstDueAt(): number {
    const row = this.#deadlines.first();
    return row === undefined ? Infinity : (this.#rows.wakeAt[row] ?? Infinity);
  }

  unschedule(): void {
    this.#deadlines.removeFirst();
  }

  schedule(row: Row): void {
    if (row instanceof StoredRow && row.isThere) this.#deadlines.schedule(row.number);
  }

  /** No row is due before `to`: in `records` mode a deadline already past when it was put became the instant of then. */
  raise(to: Instant): void {
    const { wakeAt, isRow, length } = this.#rows;
    for (let row = 0; row < length; row += 1) if (isRow[row] === 1 && (wakeAt[row] ?? Infinity) < to) wakeAt[row] = to;
  }

  apply(changes: Iterable<Change>, appliedOffset: number): void {
    for (const change of changes) this.#applyOne(change);
    this.#appliedOffset = appliedOffset;
  }

  #applyOne(change: Change): void {
    const table = this.#tableOf(change.table);
    const known = change.row instanceof StoredRow ? change.row.number : table.rows.get(change.key);
    if (change.kept === undefined) {
      if (known === undefined) return;
      this.#setKept(known, undefined);
      table.remove(change.key);
      this.#rows.remove(known);
      this.#size -= 1;
      return;
    }
    const row = known ?? this.#add(table, change.key, change.touched);
    this.#setKept(row, change.kept);
    this.#rows.wakeAt[row] = change.wakeAt;
    this.#rows.touched[row] = change.touched;
    this.#rows.idleWakes[row] = 0;
    this.#deadlines.schedule(row);
  }

  #tableOf(name: string): MemoryTable {
    let table = this.#tables.get(name);
    if (!table) {
      table = new MemoryTable(this.#rows.numberOf(name));
      this.#tables.set(name, table);
    }
    return table;
  }

  #add(table: MemoryTable, name: string, touched: Instant): number {
    const key = this.#ownKey(name);
    const row = this.#rows.add(table.number, key, touched);
    table.add(key, row);
    this.#size += 1;
    return row;
  }

  /** Text becomes bytes; what is none, or too large for them, is kept as it is. */
  #setKept(row: number, kept: unknown): void {
    const isText = typeof kept === 'string' || kept instanceof KeptText;
    if (this.#states.size > 0) this.#states.delete(row);
    if (isText && this.#texts.set(row, kept)) return;
    this.#texts.remove(row);
    if (kept !== undefined) this.#states.set(row, kept instanceof KeptText ? kept.toString() : kept);
  }

  /**
   * The key as it is kept for as long as the row: the string of another table's row by that key, else a flat copy. One put
   * together from parts would keep all of them alive, and each is several times its own size.
   */
  #ownKey(key: string): string {
    for (const { rows } of this.#tables.values()) {
      const known = rows.get(key);
      if (known !== undefined) return this.#rows.key[known] ?? key;
    }
    return Buffer.from(key).toString('utf8');
  }
}
