import { AmendsError } from '../happenings/errors.ts';
import { partitionOf } from '../values/murmur2.ts';
import type { Log, TaskId } from './log.ts';
import { taskName } from './log.ts';
import type { ChangelogName } from './progress.ts';
import { progressTopic } from './topics.ts';

const readBytes = 1024 * 1024;

/**
 * For a task whose changelog is empty: throws AMENDS_CHANGELOG_LOST where it has told its progress under a changelog of this
 * name with another id. That one was deleted, and with it what was given; read anew, the inputs would order it once more.
 */
export const mustBeItsFirstLife = async (log: Log, task: TaskId, changelog: ChangelogName, signal: AbortSignal): Promise<void> => {
  const key = Buffer.from(taskName(task));
  const place = { topic: progressTopic, partition: partitionOf(key, (await log.describe(progressTopic)).partitions) };
  const [{ first, stable } = { first: 0, stable: 0 }] = await log.ends([place]);
  const reader = log.read();
  reader.add({ ...place, offset: first });
  try {
    for (let next = first; next < stable;) {
      signal.throwIfAborted();
      const some = await reader.poll({ bytes: readBytes, waitMs: 100 }, signal);
      // Of a topic that is gone nothing ever comes.
      if (some.length === 0) await log.describe(progressTopic);
      for (const fetched of some) {
        if (fetched.gap) throw new Error(`${progressTopic} was ${fetched.gap} while it was read`);
        for (const record of fetched.records)
          if (record.key?.equals(key) && record.value && isOfAnother(record.value, changelog))
            throw new AmendsError('AMENDS_CHANGELOG_LOST', [
              `${changelog.topic}/${task.partition} is empty, and ${taskName(task)} has run before`,
            ]);
        next = fetched.next;
      }
    }
  } finally {
    await reader.close();
  }
};

const isOfAnother = (value: Buffer, { topic, id }: ChangelogName): boolean => {
  try {
    const told = JSON.parse(value.toString('utf8')) as { readonly topic?: unknown; readonly changelog?: unknown } | null;
    return told?.topic === topic && told.changelog !== id;
  } catch {
    return false; // not ours
  }
};
