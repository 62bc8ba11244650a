import type { Instant } from '../values/time.ts';
import { DeadlineIndex } from './deadline-index.ts';
import { never } from '../values/time.ts';
import { readKept } from './row-encoding.ts';
import type { KeptRow, Row, StateStore } from './store.ts';
import type { Table } from './stage.ts';

/** A row as this batch sees it; `state` undefined: deleted. */
export interface Changed extends Row {
  readonly of: Table<unknown>;
  readonly row: KeptRow | undefined;
  state: unknown;
  /** What the store keeps of `state`; set when the batch is written. */
  kept: unknown;
  /** What it was before the call that is under way, and which call that was: for `rollback`. */
  call: number;
  stateBefore: unknown;
  wakeAtBefore: number;
  touchedBefore: Instant;
  isNewInCall: boolean;
}

/**
 * The changes of one batch over the store. Nothing reaches the store before the commit: `commit` applies all of it,
 * `discard` leaves no trace. `begin` and `rollback` do the same for one record within the batch.
 */
export class Overlay {
  readonly #store: StateStore;
  readonly #tables = new Map<string, Map<string, Changed>>();
  readonly #order: Changed[] = [];
  readonly #due = new DeadlineIndex();
  /** Changed rows that are not in `#due` yet, and the least deadline among them: mostly nobody asks before the batch ends. */
  #unsorted: Changed[] = [];
  #unsortedBound = Infinity;
  readonly #taken: Row[] = [];
  readonly #held: Row[] = [];
  readonly #journal: Changed[] = [];
  #call = 0;
  /** What was looked up last: who reads a row, mostly changes it next. */
  #lastRead: { readonly table: string; readonly key: string; readonly row: KeptRow | undefined } | undefined;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** The rows changed so far, in the order of their first change. */
  get changes(): readonly Changed[] {
    return this.#order;
  }

  get(table: Table<unknown>, key: string): unknown {
    const changed = this.#tables.get(table.name)?.get(key);
    if (changed) return changed.state;
    const row = this.#store.row(table.name, key);
    this.#lastRead = { table: table.name, key, row };
    return readKept(table, row?.kept);
  }

  /** `touched`: the time of the record that is being folded; a timer leaves what it was. `notDueBefore`: a deadline already past becomes this. */
  put(table: Table<unknown>, key: string, state: unknown, touched: Instant | undefined, notDueBefore: Instant): void {
    let rows = this.#tables.get(table.name);
    if (!rows) {
      rows = new Map();
      this.#tables.set(table.name, rows);
    }
    const wakeAt = state === undefined ? Infinity : Math.max(table.wakeAt(state) ?? Infinity, notDueBefore);
    let changed = rows.get(key);
    if (!changed) {
      const row = this.#rowOf(table.name, key);
      const before = row?.touched ?? never;
      changed = {
        of: table,
        table: table.name,
        key,
        row,
        state,
        kept: undefined,
        wakeAt,
        entryAt: Infinity,
        touched: touched ?? before,
        idleWakes: 0,
        call: this.#call,
        stateBefore: undefined,
        wakeAtBefore: Infinity,
        touchedBefore: before,
        isNewInCall: true,
      };
      rows.set(key, changed);
      this.#order.push(changed);
      this.#journal.push(changed);
    } else {
      if (changed.call !== this.#call) this.#remember(changed);
      changed.state = state;
      changed.wakeAt = wakeAt;
      changed.touched = touched ?? changed.touched;
    }
    this.#scheduleLater(changed);
  }

  /** Keys under a prefix after `after`, in order, as this batch sees them. */
  *under(table: Table<unknown>, prefix: string, after: string, limit: number): Iterable<readonly [string, unknown]> {
    const changed = this.#tables.get(table.name);
    const keys = new Set<string>();
    for (const key of this.#store.keysUnder(table.name, prefix)) if (key > after) keys.add(key);
    if (changed) for (const [key, row] of changed) if (key > after && key.startsWith(prefix) && row.state !== undefined) keys.add(key);
    let left = limit;
    for (const key of [...keys].sort()) {
      const state = this.get(table, key);
      if (state === undefined) continue;
      if (left-- <= 0) return;
      yield [key, state];
    }
  }

  /** Nothing is due before this, and perhaps for long after: the cheap question to ask first. */
  get dueBound(): number {
    return Math.min(this.#store.dueBound, this.#due.bound, this.#unsortedBound);
  }

  /** The row that is due first, as this batch sees it. It is taken out of the deadlines until the batch ends, or it changes. */
  firstDue(): Row | undefined {
    const stored = this.firstStoredDue();
    this.#sort();
    const changed = this.#due.first() as Changed | undefined;
    if (!stored || !changed) return stored ?? changed;
    if (stored.wakeAt !== changed.wakeAt) return stored.wakeAt < changed.wakeAt ? stored : changed;
    if (stored.table !== changed.table) return stored.table < changed.table ? stored : changed;
    return stored.key < changed.key ? stored : changed;
  }

  /** True when there is or was a row by this key. */
  has(table: string, key: string): boolean {
    return this.#tables.get(table)?.has(key) === true || this.#store.row(table, key) !== undefined;
  }

  /** False: no row of this table, here or in the store. */
  hasAny(table: string): boolean {
    return (this.#tables.get(table)?.size ?? 0) > 0 || this.#store.hasAny(table);
  }

  /** True when the row is (still) due at `now`. */
  isDue(table: string, key: string, now: Instant): boolean {
    const row = this.#tables.get(table)?.get(key) ?? this.#store.row(table, key);
    return row !== undefined && row.wakeAt <= now;
  }

  /** Takes out what `firstDue` returned. `hold`: also for the batches to come, until something schedules it again. */
  take(row: Row, hold = false): void {
    if (this.#due.first() === row) {
      this.#due.removeFirst();
      return;
    }
    this.#store.unschedule();
    (hold ? this.#held : this.#taken).push(row);
  }

  /** Puts a row that was held back among the deadlines, at once: deadlines are no state, so there is nothing to undo. */
  reschedule(table: string, key: string): void {
    const changed = this.#tables.get(table)?.get(key);
    if (changed) this.#scheduleLater(changed);
    const row = this.#store.row(table, key);
    if (row) this.#store.schedule(row);
  }

  /** What one record or timer does from here on can be undone by `rollback`. */
  begin(): void {
    this.#call += 1;
    this.#journal.length = 0;
  }

  /** True when something was put since `begin`. */
  get hasBegun(): boolean {
    return this.#journal.length > 0;
  }

  rollback(): void {
    for (const changed of this.#journal) {
      changed.state = changed.stateBefore;
      changed.wakeAt = changed.wakeAtBefore;
      changed.touched = changed.touchedBefore;
      if (changed.isNewInCall) {
        this.#tables.get(changed.table)?.delete(changed.key);
        this.#order.splice(this.#order.indexOf(changed), 1);
      } else this.#scheduleLater(changed);
    }
    this.#journal.length = 0;
  }

  /** After the commit, and only then. `appliedOffset`: past the batch's last record in the changelog. */
  commit(appliedOffset: number): void {
    this.#store.apply(this.#order, appliedOffset);
    this.#putBack();
  }

  /** The batch never was, and held nothing back. */
  discard(): void {
    this.#putBack();
    for (const row of this.#held) this.#store.schedule(row);
  }

  #scheduleLater(changed: Changed): void {
    if (changed.wakeAt >= changed.entryAt) return;
    this.#unsorted.push(changed);
    this.#unsortedBound = Math.min(this.#unsortedBound, changed.wakeAt);
  }

  #sort(): void {
    for (const changed of this.#unsorted) this.#due.schedule(changed);
    this.#unsorted = [];
    this.#unsortedBound = Infinity;
  }

  #rowOf(table: string, key: string): KeptRow | undefined {
    const read = this.#lastRead;
    return read?.key === key && read.table === table ? read.row : this.#store.row(table, key);
  }

  #remember(changed: Changed): void {
    changed.call = this.#call;
    changed.stateBefore = changed.state;
    changed.wakeAtBefore = changed.wakeAt;
    changed.touchedBefore = changed.touched;
    changed.isNewInCall = false;
    this.#journal.push(changed);
  }

  #putBack(): void {
    for (const row of this.#taken) this.#store.schedule(row);
    this.#taken.length = 0;
  }

  /** Of the rows that this batch has not changed, the one that is due first. */
  firstStoredDue(): KeptRow | undefined {
    for (;;) {
      const row = this.#store.firstDue();
      if (!row || !this.#tables.get(row.table)?.has(row.key)) return row;
      this.#store.unschedule();
      this.#taken.push(row);
    }
  }
}
