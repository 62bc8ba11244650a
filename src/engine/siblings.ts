import { AmendsError } from '../happenings/errors.ts';
import type { Checkpoint } from './changelog.ts';
import { decodeChangelog } from './changelog.ts';
import type { Log, LogRecord, Position } from './log.ts';
import { readKept } from './row-encoding.ts';
import { mustBeTheSame } from './restore.ts';
import type { Stopped } from './reserved-tables.ts';
import { stoppedTable } from './reserved-tables.ts';
import type { Table } from './stage.ts';

const readBytes = 4 * 1024 * 1024;

/** What a task of a stage last wrote of its partitions. */
export interface Sibling {
  readonly partitions: Checkpoint['partitions'];
  /** It holds its timers and money because the counts had changed. */
  readonly stopped: Stopped | undefined;
}

/**
 * The first other task of the stage that has a past; undefined where none has. A task without one of its own asks it: where
 * partitions were added, what belongs to the new task (who was paid what) is in the rows of the old ones.
 * What can't be read there halts the other task, and says nothing here. Throws AMENDS_CHANGELOG_LOST, AMENDS_TOPIC_MISSING.
 */
export const siblingOf = async (
  log: Log,
  changelog: { readonly topic: string; readonly partition: number; readonly partitions: number; readonly id: string },
  tables: ReadonlyMap<string, Table<unknown>>,
  signal: AbortSignal,
): Promise<Sibling | undefined> => {
  const { topic } = changelog;
  const others = Array.from({ length: changelog.partitions }, (_, partition) => ({ topic, partition })).filter(
    ({ partition }) => partition !== changelog.partition,
  );
  const ends = await log.ends(others);
  for (const [index, other] of others.entries()) {
    const { first = 0, stable = 0 } = ends[index] ?? {};
    if (stable <= first) continue;
    const sibling = await lastOf(log, { ...other, offset: first, id: changelog.id }, stable, tables, signal);
    if (sibling) return sibling;
  }
  return undefined;
};

const lastOf = async (
  log: Log,
  from: Position & { readonly id: string },
  end: number,
  tables: ReadonlyMap<string, Table<unknown>>,
  signal: AbortSignal,
): Promise<Sibling | undefined> => {
  const reader = log.read();
  reader.add(from);
  let partitions: Checkpoint['partitions'] | undefined;
  let stopped: Stopped | undefined;
  try {
    for (let next = from.offset; next < end && !signal.aborted;) {
      const some = await reader.poll({ bytes: readBytes, waitMs: 100 }, signal);
      // Of a topic that is gone, or is another, nothing up to this end ever comes.
      if (some.length === 0 || some.some(({ gap }) => gap)) await mustBeTheSame(log, from);
      for (const fetched of some) {
        for (const record of fetched.records) {
          const read = readableOf(record, tables);
          if (!read) continue;
          if ('checkpoint' in read) ({ partitions } = read.checkpoint);
          else if (read.table === stoppedTable.name && read.key === 'AMENDS_PARTITIONS_CHANGED')
            stopped = readKept(stoppedTable, read.kept) as Stopped | undefined;
        }
        next = fetched.next;
      }
    }
  } finally {
    await reader.close();
  }
  return partitions && { partitions, stopped };
};

const readableOf = (record: LogRecord, tables: ReadonlyMap<string, Table<unknown>>): ReturnType<typeof decodeChangelog> | undefined => {
  try {
    return decodeChangelog(record, tables);
  } catch (error) {
    if (error instanceof AmendsError) return undefined;
    throw error;
  }
};
