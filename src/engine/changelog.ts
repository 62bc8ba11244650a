import { AmendsError } from '../happenings/errors.ts';
import type { Instant } from '../values/time.ts';
import { never } from '../values/time.ts';
import type { LogRecord, Outgoing, Partition } from './log.ts';
import { KeptText } from './kept-text.ts';
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

/** `never` (-Infinity) and a deadline that never comes (Infinity) have no JSON of their own. */
const toJson = (at: number): number | null => (Number.isFinite(at) ? at : null);
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
 * A changed row as a record of its changelog: key `table key`, value `[version, touched, row, wakeAt]`, or a tombstone. Its
 * bytes are of the scratch. `wakeAt` stands there so that who restores the row needn't know what is in it.
 */
export const encodeRow = (
  place: Partition,
  timestamp: Instant,
  row: {
    readonly of: Table<unknown>;
    readonly key: string;
    readonly kept: unknown;
    readonly touched: Instant;
    readonly wakeAt: number;
  },
  scratch: Scratch,
): Outgoing => {
  const { of: table, key, kept, touched, wakeAt } = row;
  const { topic, partition } = place;
  const name = `${table.name} ${key}`;
  if (kept === undefined) return { topic, partition, key: Buffer.from(name), value: null, timestamp };
  const bytes = scratch.write(name, `[${table.version},${toJson(touched)},${textOfKept(table, kept)},${toJson(wakeAt)}]`);
  return { topic, partition, key: bytes.key, value: bytes.value, timestamp };
};

/**
 * What a changelog record says: a row or the checkpoint. A packed row of today's version stays as it stands there, a `KeptText`
 * in the record's bytes, and isn't looked into. Throws AMENDS_CHANGELOG_UNREADABLE, AMENDS_CHANGELOG_NEWER.
 */
export const decodeChangelog = (
  record: LogRecord,
  tables: ReadonlyMap<string, Table<unknown>>,
): Change | { readonly checkpoint: Checkpoint } => {
  try {
    // Once each: a fetched record cuts them anew at each asking.
    const { key: name, value } = record;
    if (name === null) throw new Error('the key is null');
    if (name.length === checkpointKey.length && name.equals(checkpointKey)) {
      if (value === null) throw new Error('the checkpoint is a tombstone');
      return { checkpoint: readCheckpoint(value, placeOf(record)) };
    }
    // Decoded once: who keeps the key for as long as a row makes a copy of its own.
    const text = name.toString('utf8');
    const space = text.indexOf(' ');
    const tableName = text.slice(0, Math.max(0, space));
    const table = tables.get(tableName);
    const key = text.slice(space + 1);
    // Also of what is none of ours: it says that there is nothing.
    if (value === null) return { table: table?.name ?? tableName, key, kept: undefined, wakeAt: Infinity, touched: never };
    if (!table) throw new Error(`unknown table "${tableName.slice(0, 60)}"`);
    return (table.pack && asItStands(value, table, key)) ?? rowOf(record, value, table, key);
  } catch (error) {
    if (error instanceof AmendsError) throw error;
    throw new AmendsError('AMENDS_CHANGELOG_UNREADABLE', [`${placeOf(record)}: ${whyOf(error)}`]);
  }
};

const placeOf = ({ topic, partition, offset }: LogRecord): string => `${topic}/${partition}@${offset}`;

/** A row whatever its version. One of before deadlines were written beside them has three parts. */
const rowOf = (record: LogRecord, value: Buffer, table: Table<unknown>, key: string): Change => {
  const stored: unknown = JSON.parse(value.toString('utf8'));
  if (!Array.isArray(stored) || stored.length < 3 || stored.length > 4 || !Number.isInteger(stored[0]))
    throw new Error('a row is [version, touched, state, wakeAt]');
  const [version, touched, packed, due] = stored as [number, number | null, unknown, (number | null)?];
  if (version > table.version)
    throw newer(`${placeOf(record)}: a row of ${table.name} has version ${version}, this release knows ${table.version}`);
  const state = table.upcast(version, packed);
  // What was written says when a state of that version wanted to be woken, not one of today's.
  const wakeAt = due === undefined || version < table.version ? (table.wakeAt(state) ?? Infinity) : (due ?? Infinity);
  return { table: table.name, key, kept: keep(table, state), wakeAt, touched: fromJson(touched) };
};

const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * The packed row of `[version,touched,row,wakeAt]` without parsing it; undefined where it is of another version, has no
 * deadline beside it, or isn't of that form at all: then all of it is to be looked at.
 */
const asItStands = (value: Buffer, table: Table<unknown>, key: string): Change | undefined => {
  const last = value.length - 1;
  if (value[0] !== openBracket || value[last] !== closeBracket) return undefined;
  // By hand: each is some bytes away, and a call out of JavaScript costs more.
  let first = 1;
  while (first < last && value[first] !== comma) first += 1;
  let second = first + 1;
  while (second < last && value[second] !== comma) second += 1;
  let third = last;
  while (third > second && value[third] !== comma) third -= 1;
  // A packed row is an array: with brackets around it nothing but its inside can be broken, and a log keeps checksums of that.
  if (third <= second + 1 || value[second + 1] !== openBracket || value[third - 1] !== closeBracket) return undefined;
  const touched = wholeIn(value, first + 1, second);
  const wakeAt = wholeIn(value, third + 1, last);
  if (wholeIn(value, 1, first) !== table.version || touched === undefined || wakeAt === undefined) return undefined;
  return {
    table: table.name,
    key,
    kept: new KeptText(value, second + 1, third),
    wakeAt: wakeAt ?? Infinity,
    touched: fromJson(touched),
  };
};

/** The whole number between two places, null where `null` stands there, undefined where it is neither. */
const wholeIn = (bytes: Buffer, from: number, to: number): number | null | undefined => {
  const isNegative = bytes[from] === 0x2d;
  const begin = isNegative ? from + 1 : from;
  // Up to fifteen digits are exact, and no instant has more than sixteen.
  if (to <= begin || to - begin > 15) return undefined;
  let whole = 0;
  for (let at = begin; at < to; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return isNull(bytes, from, to) ? null : undefined;
    whole = 10 * whole + digit;
  }
  return isNegative ? -whole : whole;
};

const isNull = (bytes: Buffer, from: number, to: number): boolean =>
  to - from === 4 && bytes[from] === 0x6e && bytes[from + 1] === 0x75 && bytes[from + 2] === 0x6c && bytes[from + 3] === 0x6c;

/** A parser's message quotes what it read, and that is about customers. */
const whyOf = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'the value is not JSON';
  return error instanceof Error ? error.message : String(error);
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
