import type { RowColumns } from './row-columns.ts';
import { grown } from './row-columns.ts';

const firstEntries = 16;

/**
 * The deadlines of a store's rows in (wakeAt, table, key) order: as `DeadlineIndex`, with rows by their numbers. A million
 * entries are two columns of numbers, which the collector never looks into.
 */
export class RowDeadlines {
  readonly #rows: RowColumns;
  #at = new Float64Array(firstEntries);
  #of = new Uint32Array(firstEntries);
  #size = 0;

  constructor(rows: RowColumns) {
    this.#rows = rows;
  }

  /** Takes note of the row's `wakeAt`. */
  schedule(row: number): void {
    const { wakeAt, entryAt, entries } = this.#rows;
    const at = wakeAt[row] ?? Infinity;
    if (at >= (entryAt[row] ?? Infinity)) return;
    entryAt[row] = at;
    entries[row] = (entries[row] ?? 0) + 1;
    if (this.#size === this.#at.length) {
      this.#at = grown(this.#at, new Float64Array(2 * this.#size));
      this.#of = grown(this.#of, new Uint32Array(2 * this.#size));
    }
    this.#size += 1;
    this.#up(at, row);
  }

  /** Nothing is due before this. Costs nothing, and may be too early: a deadline that moved away is not looked at. */
  get bound(): number {
    return this.#size > 0 ? (this.#at[0] ?? Infinity) : Infinity;
  }

  /** The row that is due first, which stays in the index. */
  first(): number | undefined {
    const { wakeAt, entryAt } = this.#rows;
    while (this.#size > 0) {
      const at = this.#at[0] ?? Infinity;
      const row = this.#of[0] ?? 0;
      const due = wakeAt[row] ?? Infinity;
      if (at !== entryAt[row]) this.#removeTop();
      else if (due === at) return row;
      else {
        entryAt[row] = due;
        if (due === Infinity) this.#removeTop();
        else this.#down(due, row);
      }
    }
    return undefined;
  }

  /** Takes out what `first` has just returned. */
  removeFirst(): void {
    const top = this.#of[0];
    if (this.#size === 0 || top === undefined) return;
    this.#rows.entryAt[top] = Infinity;
    this.#removeTop();
  }

  #removeTop(): void {
    const top = this.#of[0] ?? 0;
    this.#size -= 1;
    if (this.#size > 0) this.#down(this.#at[this.#size] ?? Infinity, this.#of[this.#size] ?? 0);
    this.#rows.entryGone(top);
  }

  #isBefore(at: number, row: number, otherAt: number, other: number): boolean {
    if (at !== otherAt) return at < otherAt;
    const { table, tables, key } = this.#rows;
    const [one, two] = [table[row] ?? 0, table[other] ?? 0];
    if (one !== two) return (tables[one] ?? '') < (tables[two] ?? '');
    return (key[row] ?? '') < (key[other] ?? '');
  }

  /** Finds the place of the last entry, from the end on. */
  #up(movingAt: number, moving: number): void {
    const ats = this.#at;
    const ofs = this.#of;
    let place = this.#size - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const at = ats[above] ?? 0;
      const of = ofs[above] ?? 0;
      if (!this.#isBefore(movingAt, moving, at, of)) break;
      ats[place] = at;
      ofs[place] = of;
      place = above;
    }
    ats[place] = movingAt;
    ofs[place] = moving;
  }

  /** Finds the place of an entry, from the top on, where nothing else stands. */
  #down(movingAt: number, moving: number): void {
    const ats = this.#at;
    const ofs = this.#of;
    const size = this.#size;
    let place = 0;
    for (let below = 1; below < size; below = 2 * place + 1) {
      if (below + 1 < size && this.#isBefore(ats[below + 1] ?? 0, ofs[below + 1] ?? 0, ats[below] ?? 0, ofs[below] ?? 0)) below += 1;
      const at = ats[below] ?? 0;
      const of = ofs[below] ?? 0;
      if (!this.#isBefore(at, of, movingAt, moving)) break;
      ats[place] = at;
      ofs[place] = of;
      place = below;
    }
    ats[place] = movingAt;
    ofs[place] = moving;
  }
}
