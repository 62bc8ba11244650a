import { AmendsError } from '../happenings/errors.ts';
import type { Instant } from '../values/time.ts';
import { never } from '../values/time.ts';
import type { LogRecord, Outgoing, Partition } from './log.ts';
import { keep, textOfKept } from './row-encoding.ts';
import type { Scratch } from './scratch.ts';
import type { Table } from './stage.ts';
import type { Change } from './store.ts';

/** How a task tells time. The changelog keeps it, so that a fleet can't mix the two. */
export type TimeMode = 'live' | 'records';

/** How far a task has got in one input partition. */
export interface InputPosition {
  readonly next: number;
  /** Time of the last record folded; without it a task of the `records` mode can't know after a restart how far an empty input has come. */
  readonly last: Instant;
}

/**
 * The one record of the changelog that is no row: written in every transaction, so that state, positions and clock
 * can't drift apart.
 */
export interface Checkpoint {
  readonly mode: TimeMode;
  /** Rises with each transaction of the task. */
  readonly number: number;
  readonly clock: Instant;
  readonly partitions: Readonly<Record<string, number>>;
  readonly topicIds: Readonly<Record<string, string>>;
  /** By `topic/partition`. */
  readonly inputs: Readonly<Record<string, InputPosition>>;
}

const checkpointKey = Buffer.from('checkpoint');

/** `never` (-Infinity) has no JSON of its own. */
const toJson = (at: Instant): number | null => (Number.isFinite(at) ? at : null);
const fromJson = (at: number | null): Instant => (at === null ? never : (at as Instant));

/** The checkpoint as key and value. */
export const encodeCheckpoint = (checkpoint: Checkpoint): { key: Buffer; value: Buffer } => {
  const inputs: Record<string, readonly [number, number | null]> = {};
  for (const [name, { next, last }] of Object.entries(checkpoint.inputs)) inputs[name] = [next, toJson(last)];
  return { key: checkpointKey, value: Buffer.from(JSON.stringify({ ...checkpoint, clock: toJson(checkpoint.clock), inputs })) };
};

/**
 * A changed row as a record of its changelog: key `table key`, value `[version, touched, row]`, or a tombstone. Its bytes
 * are of the scratch.
 */
export const encodeRow = (
  place: Partition,
  timestamp: Instant,
  {
    of: table,
    key,
    kept,
    touched,
  }: { readonly of: Table<unknown>; readonly key: string; readonly kept: unknown; readonly touched: Instant },
  scratch: Scratch,
): Outgoing => {
  const { topic, partition } = place;
  const name = `${table.name} ${key}`;
  if (kept === undefined) return { topic, partition, key: Buffer.from(name), value: null, timestamp };
  const bytes = scratch.write(name, `[${table.version},${toJson(touched)},${textOfKept(table, kept)}]`);
  return { topic, partition, key: bytes.key, value: bytes.value, timestamp };
};

/** What a changelog record says: a row or the checkpoint. Throws AMENDS_CHANGELOG_UNREADABLE. */
export const decodeChangelog = (
  record: LogRecord,
  tables: ReadonlyMap<string, Table<unknown>>,
): Change | { readonly checkpoint: Checkpoint } => {
  const place = `${record.topic}/${record.partition}@${record.offset}`;
  try {
    if (record.key === null) throw new Error('the key is null');
    if (record.key.equals(checkpointKey)) {
      if (record.value === null) throw new Error('the checkpoint is a tombstone');
      return { checkpoint: readCheckpoint(record.value) };
    }
    const name = record.key.toString('utf8');
    const space = name.indexOf(' ');
    const table = tables.get(name.slice(0, space));
    if (!table) throw new Error(`unknown table "${name.slice(0, space)}"`);
    const key = name.slice(space + 1);
    if (record.value === null) return { table: table.name, key, kept: undefined, wakeAt: Infinity, touched: never };
    const stored: unknown = JSON.parse(record.value.toString('utf8'));
    if (!Array.isArray(stored) || stored.length !== 3 || !Number.isInteger(stored[0]))
      throw new Error('a row is [version, touched, state]');
    const [version, touched, packed] = stored as [number, number | null, unknown];
    if (version > table.version) throw new Error(`row of ${table.name} has version ${version}, this code knows ${table.version}`);
    const state = table.upcast(version, packed);
    return { table: table.name, key, kept: keep(table, state), wakeAt: table.wakeAt(state) ?? Infinity, touched: fromJson(touched) };
  } catch (error) {
    throw new AmendsError('AMENDS_CHANGELOG_UNREADABLE', [`${place}: ${error instanceof Error ? error.message : String(error)}`]);
  }
};

const readCheckpoint = (value: Buffer): Checkpoint => {
  const stored = JSON.parse(value.toString('utf8')) as Omit<Checkpoint, 'inputs' | 'clock'> & {
    clock: number | null;
    inputs: Record<string, [number, number | null]>;
  };
  const inputs: Record<string, InputPosition> = {};
  for (const [name, [next, last]] of Object.entries(stored.inputs)) inputs[name] = { next, last: fromJson(last) };
  return { ...stored, clock: fromJson(stored.clock), inputs };
};
