import type { Instant } from '../values/time.ts';

const firstRows = 16;

/**
 * What a store knows of each row beside its text, a column each: the number of a row is its place. An object a row, with its
 * numbers beside it, would be 128 bytes and four things for the collector to look at; here it is 41 and one, its key.
 */
export class RowColumns {
  /** Names of tables, by the number that `table` has. */
  readonly tables: string[] = [];
  /** Of a row that was deleted, for as long as the deadlines have an entry of it: they stand in order of it. */
  readonly key: (string | undefined)[] = [];
  table = new Uint8Array(firstRows);
  wakeAt = new Float64Array(firstRows);
  /** Where its entry stands among the deadlines; Infinity: it has none that counts. */
  entryAt = new Float64Array(firstRows);
  touched = new Float64Array(firstRows);
  /** How often in a row it was woken and did nothing. */
  idleWakes = new Uint8Array(firstRows);
  /** 1: a row stands here. */
  isRow = new Uint8Array(firstRows);
  /** Entries among the deadlines, those that don't count any more included. */
  entries = new Uint32Array(firstRows);
  readonly #free: number[] = [];
  #length = 0;

  /** Numbers that were given out; each is less. */
  get length(): number {
    return this.#length;
  }

  /** The number of a new row, which waits for nothing yet. */
  add(table: number, key: string, touched: Instant): number {
    const row = this.#free.pop() ?? this.#length++;
    if (row >= this.table.length) this.#grow(2 * this.table.length);
    this.table[row] = table;
    this.key[row] = key;
    this.wakeAt[row] = Infinity;
    this.entryAt[row] = Infinity;
    this.touched[row] = touched;
    this.idleWakes[row] = 0;
    this.isRow[row] = 1;
    return row;
  }

  /** The row is deleted. Its number is given out again once the deadlines have let go of it. */
  remove(row: number): void {
    this.isRow[row] = 0;
    this.wakeAt[row] = Infinity;
    if (this.entries[row] === 0) this.#letGo(row);
  }

  /** The deadlines have taken out an entry of it. */
  entryGone(row: number): void {
    const left = (this.entries[row] ?? 0) - 1;
    this.entries[row] = left;
    if (left === 0 && this.isRow[row] === 0) this.#letGo(row);
  }

  /** The number of a table, which is given at the first asking. */
  numberOf(table: string): number {
    const known = this.tables.indexOf(table);
    return known >= 0 ? known : this.tables.push(table) - 1;
  }

  #letGo(row: number): void {
    this.key[row] = undefined;
    this.#free.push(row);
  }

  #grow(rows: number): void {
    this.table = grown(this.table, new Uint8Array(rows));
    this.wakeAt = grown(this.wakeAt, new Float64Array(rows));
    this.entryAt = grown(this.entryAt, new Float64Array(rows));
    this.touched = grown(this.touched, new Float64Array(rows));
    this.idleWakes = grown(this.idleWakes, new Uint8Array(rows));
    this.isRow = grown(this.isRow, new Uint8Array(rows));
    this.entries = grown(this.entries, new Uint32Array(rows));
  }
}

/** `to`, which begins as `from`. */
export const grown = <T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T => {
  to.set(from);
  return to;
};
