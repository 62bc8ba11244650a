import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { AmendsError } from '../../happenings/errors.ts';
import type { EventLine } from '../event-file.ts';
import { readEvents } from '../event-file.ts';
import type { EventRecord } from '../event-record.ts';
import { parseEventLine } from '../event-record.ts';
import { unreadable } from '../lines.ts';

/** A record of a history with the line that it stands in, counted from 1. */
export interface HistoryRecord extends EventRecord {
  readonly line: number;
}

/** The most records that are sorted here: their places take 32 bytes each. */
const maxSortedRecords = 20_000_000;

/**
 * The records of an event file in order of (time, line), in chunks; `wanted` leaves some out. A file that is out of order
 * is read by its lines' places, sorted in memory: of the records only the chunk is held.
 */
export async function* readHistory(
  path: string,
  of: { readonly isInOrder: boolean; readonly chunkRecords: number; readonly wanted: (record: EventRecord) => boolean },
): AsyncGenerator<readonly HistoryRecord[]> {
  let chunk: HistoryRecord[] = [];
  for await (const records of of.isInOrder ? asTheyStand(path) : sorted(path, of.chunkRecords))
    for (const record of records) {
      if (!of.wanted(record)) continue;
      chunk.push(record);
      if (chunk.length < of.chunkRecords) continue;
      yield chunk;
      chunk = [];
    }
  if (chunk.length > 0) yield chunk;
}

const recordOf = (line: EventLine): HistoryRecord | undefined => ('record' in line ? { ...line.record, line: line.number } : undefined);
const isThere = <T>(item: T | undefined): item is T => item !== undefined;

async function* asTheyStand(path: string): AsyncGenerator<readonly HistoryRecord[]> {
  for await (const lines of readEvents(path)) yield lines.map(recordOf).filter(isThere);
}

interface Place {
  readonly timestamp: number;
  readonly number: number;
  readonly offset: number;
  readonly length: number;
}

async function* sorted(path: string, chunkRecords: number): AsyncGenerator<readonly HistoryRecord[]> {
  const places = await placesOf(path);
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    for (let from = 0; from < places.length; from += chunkRecords) {
      const records: HistoryRecord[] = [];
      for (const place of places.slice(from, from + chunkRecords)) records.push(await readAt(file, path, place));
      yield records;
    }
  } finally {
    await file.close();
  }
}

const placesOf = async (path: string): Promise<readonly Place[]> => {
  const places: Place[] = [];
  for await (const lines of readEvents(path))
    for (const line of lines) {
      if (!('record' in line)) continue;
      places.push({ timestamp: line.record.timestamp, number: line.number, offset: line.offset, length: line.length });
      if (places.length > maxSortedRecords)
        throw new AmendsError(
          'AMENDS_FILE_BAD_LINES',
          [`${path}: out of order, and more than ${maxSortedRecords} records are not sorted in memory`],
          'sort the file by time first',
        );
    }
  return places.sort((a, b) => a.timestamp - b.timestamp || a.number - b.number);
};

const readAt = async (file: FileHandle, path: string, { number, offset, length }: Place): Promise<HistoryRecord> => {
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  const parsed = parseEventLine(buffer.toString('utf8').replace(/^\uFEFF/, ''));
  if ('reason' in parsed) throw new AmendsError('AMENDS_FILE_UNREADABLE', [`${path}:${number}: changed while it was read`]);
  return { ...parsed, line: number };
};
