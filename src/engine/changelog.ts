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
  /** Of Amends, that wrote it. */
  readonly release?: string;
}

/** Of the checkpoint as it is stored; one without any is of the first. A release that changes its meaning raises it. */
const checkpointFormat = 1;
const checkpointKey = Buffer.from('checkpoint');

/** `never` (-Infinity) has no JSON of its own. */
const toJson = (at: Instant): number | null => (Number.isFinite(at) ? at : null);
const fromJson = (at: number | null): Instant => (at === null ? never : (at as Instant));

/** The checkpoint as key and value. */
export const encodeCheckpoint = (checkpoint: Checkpoint): { key: Buffer; value: Buffer } => {
  const inputs: Record<string, readonly [number, number | null]> = {};
  for (const [name, { next, last }] of Object.entries(checkpoint.inputs)) inputs[name] = [next, toJson(last)];
  return {
    key: checkpointKey,
    value: Buffer.from(JSON.stringify({ format: checkpointFormat, ...checkpoint, clock: toJson(checkpoint.clock), inputs })),
  };
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

/** What a changelog record says: a row or the checkpoint. Throws AMENDS_CHANGELOG_UNREADABLE, AMENDS_CHANGELOG_NEWER. */
export const decodeChangelog = (
  record: LogRecord,
  tables: ReadonlyMap<string, Table<unknown>>,
): Change | { readonly checkpoint: Checkpoint } => {
  const place = `${record.topic}/${record.partition}@${record.offset}`;
  try {
    if (record.key === null) throw new Error('the key is null');
    if (record.key.equals(checkpointKey)) {
      if (record.value === null) throw new Error('the checkpoint is a tombstone');
      return { checkpoint: readCheckpoint(record.value, place) };
    }
    const space = record.key.indexOf(' ');
    const name = record.key.toString('utf8', 0, Math.max(0, space));
    const table = tables.get(name);
    // From the bytes: a slice of the whole name would keep it alive with each of a million rows.
    const key = record.key.toString('utf8', space + 1);
    // Also of what is none of ours: it says that there is nothing.
    if (record.value === null) return { table: table?.name ?? name, key, kept: undefined, wakeAt: Infinity, touched: never };
    if (!table) throw new Error(`unknown table "${name.slice(0, 60)}"`);
    const text = record.value.toString('utf8');
    const stored: unknown = JSON.parse(text);
    if (!Array.isArray(stored) || stored.length !== 3 || !Number.isInteger(stored[0]))
      throw new Error('a row is [version, touched, state]');
    const [version, touched, packed] = stored as [number, number | null, unknown];
    if (version > table.version)
      throw newer(`${place}: a row of ${table.name} has version ${version}, this release knows ${table.version}`);
    const state = table.upcast(version, packed);
    const isAsKept = table.pack !== undefined && version === table.version;
    const kept = isAsKept ? rowIn(record.value, text) : keep(table, state);
    return { table: table.name, key, kept, wakeAt: table.wakeAt(state) ?? Infinity, touched: fromJson(touched) };
  } catch (error) {
    if (error instanceof AmendsError) throw error;
    throw new AmendsError('AMENDS_CHANGELOG_UNREADABLE', [`${place}: ${whyOf(error)}`]);
  }
};

/** A parser's message quotes what it read, and that is about customers. */
const whyOf = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'the value is not JSON';
  return error instanceof Error ? error.message : String(error);
};

/** The row of `[version,touched,row]` as it stands there, a string of its own: behind the second comma, before the last bracket. */
const rowIn = (value: Buffer, text: string): string => {
  const from = text.indexOf(',', text.indexOf(',') + 1) + 1;
  // What stands before it is ASCII: as many bytes as characters.
  return value.toString('utf8', from, value.lastIndexOf(']'));
};

const newer = (what: string): AmendsError => new AmendsError('AMENDS_CHANGELOG_NEWER', [what]);

type Stored = Omit<Checkpoint, 'inputs' | 'clock'> & {
  readonly format?: number;
  readonly clock: number | null;
  readonly inputs: Readonly<Record<string, readonly [number, number | null]>>;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readCheckpoint = (value: Buffer, place: string): Checkpoint => {
  const parsed: unknown = JSON.parse(value.toString('utf8'));
  if (!isObject(parsed)) throw new Error('the checkpoint is no object');
  const { format = checkpointFormat, release } = parsed;
  if (typeof format === 'number' && format > checkpointFormat)
    throw newer(
      `${place}: the checkpoint has format ${format}, this release knows ${checkpointFormat}${typeof release === 'string' ? `; release ${release} wrote it` : ''}`,
    );
  const { mode, number, partitions, topicIds, inputs } = parsed;
  const isWhole = (mode === 'live' || mode === 'records') && Number.isInteger(number);
  if (format !== checkpointFormat || !isWhole || !isObject(partitions) || !isObject(topicIds) || !isObject(inputs))
    throw new Error('the checkpoint is none that we write');
  const { format: _, ...stored } = parsed as unknown as Stored;
  const positions: Record<string, InputPosition> = {};
  for (const [name, [next, last]] of Object.entries(stored.inputs)) positions[name] = { next, last: fromJson(last) };
  return { ...stored, clock: fromJson(stored.clock), inputs: positions };
};
