import { AmendsError } from '../happenings/errors.ts';
import type { Checkpoint } from './changelog.ts';
import { decodeChangelog } from './changelog.ts';
import type { Log, Partition } from './log.ts';
import { MemoryStore } from './memory-store.ts';
import type { Table } from './stage.ts';
import type { Change } from './store.ts';
import { refuseUnread } from './refuse-unread.ts';

const restoreBytes = 4 * 1024 * 1024;

/** The changelog of one task, as the topic was when the process started. */
export interface ChangelogPlace extends Partition {
  readonly id: string;
}

/**
 * Brings a store up to the end of its changelog: only the tail, where the store already knows the rest. Call it after
 * the transactional id is taken: then everything in the changelog is decided, and what isn't is another writer's.
 * Each checkpoint is `found` as it is read: of one that fails on the way, what was read before is in the store.
 * Throws AMENDS_CHANGELOG_UNREADABLE, AMENDS_CHANGELOG_NEWER, AMENDS_CHANGELOG_LOST, AMENDS_TOPIC_MISSING.
 */
export const restore = async (
  log: Log,
  changelog: ChangelogPlace,
  known: MemoryStore,
  tables: ReadonlyMap<string, Table<unknown>>,
  signal: AbortSignal,
  found: (checkpoint: Checkpoint) => void,
): Promise<MemoryStore> => {
  await mustBeTheSame(log, changelog);
  const [ends] = await log.ends([changelog]);
  if (!ends || ends.stable !== ends.high) throw new Error(`another writer is in ${changelog.topic}/${changelog.partition}`);
  const store = known.appliedOffset < ends.first ? new MemoryStore() : known;
  let next = Math.max(store.appliedOffset, ends.first);
  let isPassingOver = false;
  const reader = log.read();
  reader.add({ ...changelog, offset: next });
  try {
    while (next < ends.high && !signal.aborted) {
      const some = await reader.poll({ bytes: restoreBytes, waitMs: 100 }, signal);
      // Of a topic that is gone nothing ever comes, and a reader of it only waits.
      if (some.length === 0) await mustBeTheSame(log, changelog);
      for (const fetched of some) {
        if (fetched.gap) {
          await mustBeTheSame(log, changelog);
          throw new Error(`${changelog.topic}/${changelog.partition} was ${fetched.gap} while it was read`);
        }
        const changes: Change[] = [];
        for (const record of fetched.records) {
          try {
            const read = decodeChangelog(record, tables);
            if ('checkpoint' in read) found(mustNameIt(read.checkpoint, changelog));
            else changes.push(read);
          } catch (error) {
            if (!(error instanceof AmendsError) || error.code === 'AMENDS_CHANGELOG_LOST') throw error;
            // Once is enough: it looks at everything from here to the end.
            if (!isPassingOver) await refuseUnread(log, { ...changelog, offset: record.offset }, ends.high, tables, signal);
            isPassingOver = true;
          }
        }
        next = fetched.next;
        store.apply(changes, next);
      }
    }
  } finally {
    await reader.close();
  }
  return store;
};

/** Throws AMENDS_CHANGELOG_LOST where the topic was created again since the process started, AMENDS_TOPIC_MISSING where it is gone. */
export const mustBeTheSame = async (log: Log, { topic, id }: Pick<ChangelogPlace, 'topic' | 'id'>): Promise<void> => {
  const now = await log.describe(topic);
  if (now.id !== id) throw new AmendsError('AMENDS_CHANGELOG_LOST', [`${topic} was created again`]);
};

/** What wrote it believed in another changelog of this name: rows that it had before are not here. */
const mustNameIt = (checkpoint: Checkpoint, { topic, partition, id }: ChangelogPlace): Checkpoint => {
  const named = checkpoint.topicIds[topic];
  if (named === undefined || named === id) return checkpoint;
  throw new AmendsError('AMENDS_CHANGELOG_LOST', [`${topic}/${partition} holds what was written for a topic of this name that is no more`]);
};
