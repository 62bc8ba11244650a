import type { Checkpoint } from './changelog.ts';
import { decodeChangelog } from './changelog.ts';
import type { Log } from './log.ts';
import { readKept } from './row-encoding.ts';
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
 * Throws AMENDS_CHANGELOG_UNREADABLE.
 */
export const siblingOf = async (
  log: Log,
  changelog: { readonly topic: string; readonly partition: number; readonly partitions: number },
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
    const sibling = await lastOf(log, { ...other, offset: first }, stable, tables, signal);
    if (sibling) return sibling;
  }
  return undefined;
};

const lastOf = async (
  log: Log,
  from: { readonly topic: string; readonly partition: number; readonly offset: number },
  end: number,
  tables: ReadonlyMap<string, Table<unknown>>,
  signal: AbortSignal,
): Promise<Sibling | undefined> => {
  const reader = log.read();
  reader.add(from);
  let partitions: Checkpoint['partitions'] | undefined;
  let stopped: Stopped | undefined;
  try {
    for (let next = from.offset; next < end && !signal.aborted;)
      for (const fetched of await reader.poll({ bytes: readBytes, waitMs: 100 }, signal)) {
        for (const record of fetched.records) {
          const read = decodeChangelog(record, tables);
          if ('checkpoint' in read) ({ partitions } = read.checkpoint);
          else if (read.table === stoppedTable.name && read.key === 'AMENDS_PARTITIONS_CHANGED')
            stopped = readKept(stoppedTable, read.kept) as Stopped | undefined;
        }
        next = fetched.next;
      }
  } finally {
    await reader.close();
  }
  return partitions && { partitions, stopped };
};
