import type { Checkpoint } from './changelog.ts';
import { decodeChangelog } from './changelog.ts';
import type { Log, Partition } from './log.ts';
import { MemoryStore } from './memory-store.ts';
import type { Table } from './stage.ts';
import type { Change } from './store.ts';

const restoreBytes = 4 * 1024 * 1024;

/**
 * Brings a store up to the end of its changelog: only the tail, where the store already knows the rest. Call it after
 * the transactional id is taken: then everything in the changelog is decided, and what isn't is another writer's.
 * Each checkpoint is `found` as it is read: of one that fails on the way, what was read before is in the store.
 * Throws AMENDS_CHANGELOG_UNREADABLE.
 */
export const restore = async (
  log: Log,
  changelog: Partition,
  known: MemoryStore,
  tables: ReadonlyMap<string, Table<unknown>>,
  signal: AbortSignal,
  found: (checkpoint: Checkpoint) => void,
): Promise<MemoryStore> => {
  const [ends] = await log.ends([changelog]);
  if (!ends || ends.stable !== ends.high) throw new Error(`another writer is in ${changelog.topic}/${changelog.partition}`);
  const store = known.appliedOffset < ends.first ? new MemoryStore() : known;
  let next = Math.max(store.appliedOffset, ends.first);
  const reader = log.read();
  reader.add({ ...changelog, offset: next });
  try {
    while (next < ends.high && !signal.aborted)
      for (const fetched of await reader.poll({ bytes: restoreBytes, waitMs: 100 }, signal)) {
        const changes: Change[] = [];
        for (const record of fetched.records) {
          const read = decodeChangelog(record, tables);
          if ('checkpoint' in read) found(read.checkpoint);
          else changes.push(read);
        }
        next = fetched.next;
        store.apply(changes, next);
      }
  } finally {
    await reader.close();
  }
  return store;
};
