import { AmendsError } from '../happenings/errors.ts';
import { decodeChangelog } from './changelog.ts';
import type { Log, Position } from './log.ts';
import type { Table } from './stage.ts';

const readBytes = 4 * 1024 * 1024;

/**
 * Looks at a changelog from a record that can't be read to its end, and throws the error of the first record that can't be
 * read and isn't written over: nothing readable comes later under its key. What was written over says nothing any more,
 * as it would once the topic is compacted; it may be passed by.
 * Throws AMENDS_CHANGELOG_UNREADABLE, AMENDS_CHANGELOG_NEWER.
 */
export const refuseUnread = async (
  log: Log,
  from: Position,
  end: number,
  tables: ReadonlyMap<string, Table<unknown>>,
  signal: AbortSignal,
): Promise<void> => {
  const unread = new Map<string | null, AmendsError>();
  let release: string | undefined;
  const reader = log.read();
  reader.add(from);
  try {
    for (let next = from.offset; next < end;) {
      signal.throwIfAborted();
      for (const fetched of await reader.poll({ bytes: readBytes, waitMs: 100 }, signal)) {
        if (fetched.gap) throw new Error(`${from.topic}/${from.partition} was ${fetched.gap} while it was read`);
        for (const record of fetched.records) {
          // Bytes as text of one character each: keys that are no UTF-8 stay apart.
          const key = record.key?.toString('latin1') ?? null;
          try {
            const read = decodeChangelog(record, tables);
            if ('checkpoint' in read) ({ release } = read.checkpoint);
            unread.delete(key);
          } catch (error) {
            if (!(error instanceof AmendsError)) throw error;
            unread.set(key, error);
          }
        }
        next = fetched.next;
      }
    }
  } finally {
    await reader.close();
  }
  const [first] = unread.values();
  if (!first) return;
  const more = unread.size > 1 ? [`and ${unread.size - 1} more behind it`] : [];
  const by = release === undefined ? [] : [`release ${release} was the last to write there`];
  throw new AmendsError(first.code, [...first.details, ...more, ...by]);
};
