import type { Instant } from '../values/time.ts';
import type { Deadline } from './deadline-index.ts';

/** What the store and a batch both know of a row. */
export interface Row extends Deadline {
  /** Time of the last record that was folded into it: what a gap in the input is held against. */
  touched: Instant;
  /** How often in a row it was woken and did nothing. */
  idleWakes: number;
}

/** A row as the store keeps it. Belongs to the store: only `apply` changes it. `kept`: see `row-encoding.ts`; text is decoded when it is asked for. */
export interface KeptRow extends Row {
  readonly wakeAt: number;
  readonly touched: Instant;
  readonly entryAt: number;
  readonly kept: unknown;
}

/** A row after a transaction; `kept` undefined: deleted; a `KeptText`: its bytes are copied. */
export interface Change {
  readonly table: string;
  readonly key: string;
  readonly kept: unknown;
  /** The row as the store has it, where that is known: saves looking it up. */
  readonly row?: KeptRow | undefined;
  /** Infinity: never. */
  readonly wakeAt: number;
  readonly touched: Instant;
}

/** Where a task's rows are while it runs. Reads go through the overlay of the batch; changes come here once they are committed. */
export interface StateStore {
  row(table: string, key: string): KeptRow | undefined;
  hasAny(table: string): boolean;
  /** Keys that start with `prefix`, in no order. */
  keysUnder(table: string, prefix: string): Iterable<string>;
  /** No row is due before this, and perhaps for long after. */
  readonly dueBound: number;
  /** The row that is due first, in (wakeAt, table, key) order; it stays due. */
  firstDue(): KeptRow | undefined;
  /** When that row is due; Infinity where none is. */
  readonly firstDueAt: number;
  /** Takes what `firstDue` returned out of the deadlines, until `schedule` or a change puts it back. */
  unschedule(): void;
  schedule(row: Row): void;
  apply(changes: Iterable<Change>, appliedOffset: number): void;
  /** The changelog below this offset is in the rows. */
  readonly appliedOffset: number;
  readonly size: number;
}
