import type { Table } from './stage.ts';

/**
 * How rows are kept. A table that packs its rows has them kept as JSON text, in the store as in the changelog: a million
 * short strings cost the garbage collector a fraction of what as many objects of objects do, and a change is encoded
 * once. The others keep the state itself.
 */
export const keep = (table: Table<unknown>, state: unknown): unknown =>
  state === undefined || !table.pack ? state : JSON.stringify(table.pack(state));

/** The state of a row that was kept; `undefined` where there is none. */
export const readKept = (table: Table<unknown>, kept: unknown): unknown =>
  table.pack && typeof kept === 'string' ? table.upcast(table.version, JSON.parse(kept)) : kept;

/** A kept row as JSON. */
export const textOfKept = (table: Table<unknown>, kept: unknown): string =>
  table.pack && typeof kept === 'string' ? kept : JSON.stringify(kept);
