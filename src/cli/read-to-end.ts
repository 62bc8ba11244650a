import type { Ends, Log, LogRecord, Partition } from '../engine/log.ts';
import { AmendsError } from '../happenings/errors.ts';
import { partitionName } from '../values/record.ts';
import type { Clock } from '../values/time.ts';
import { after, secondMs } from '../values/time.ts';

const pollBytes = 4 * 1024 * 1024;
const pollWaitMs = 200;
/** Longer than any answer takes; a log that is silent for so long has nothing more to say. */
const longestSilenceMs = 30 * secondMs;

/** How far the reading has got: records between where it began and the end, and how many of them are behind. */
export type ReadSoFar = (done: number, total: number) => void;

/**
 * The committed records of partitions from where `from` says (their beginning) up to their ends as they are now, as they
 * come: those of one partition in order. Rejects where the log does, and with AMENDS_BROKER_UNREACHABLE where it falls silent.
 */
export async function* readToEnd(
  log: Log,
  clock: Clock,
  partitions: readonly Partition[],
  of: { readonly from?: (ends: Ends) => number; readonly progress?: ReadSoFar } = {},
): AsyncGenerator<readonly LogRecord[]> {
  const { from = ({ first }) => first, progress = () => {} } = of;
  const reader = log.read();
  try {
    const ends = partitions.length > 0 ? await log.ends(partitions) : [];
    const left = new Map<string, { next: number; end: number }>();
    for (const [index, partition] of partitions.entries()) {
      const end = ends[index];
      const next = end ? Math.max(end.first, from(end)) : 0;
      if (!end || next >= end.stable) continue;
      left.set(partitionName(partition), { next, end: end.stable });
      reader.add({ ...partition, offset: next });
    }
    const total = [...left.values()].reduce((sum, { next, end }) => sum + end - next, 0);
    const { signal } = new AbortController();
    let heardAt = clock.now();
    while (left.size > 0) {
      const fetched = await reader.poll({ bytes: pollBytes, waitMs: pollWaitMs }, signal);
      for (const { topic, partition, next, stable, records, gap } of fetched) {
        const place = left.get(partitionName({ topic, partition }));
        if (!place) continue;
        heardAt = clock.now();
        if (gap === 'recreated') place.end = stable;
        place.next = next;
        if (records.length > 0) yield records;
        if (next < place.end) continue;
        left.delete(partitionName({ topic, partition }));
        reader.drop({ topic, partition });
      }
      if (clock.now() > after(heardAt, longestSilenceMs))
        throw new AmendsError('AMENDS_BROKER_UNREACHABLE', [
          `${[...left.keys()].join(', ')}: nothing more came for ${longestSilenceMs} ms`,
        ]);
      progress(total - [...left.values()].reduce((sum, { next, end }) => sum + Math.max(0, end - next), 0), total);
    }
  } finally {
    await reader.close();
  }
}

/** Every partition of a topic. Throws AMENDS_TOPIC_MISSING. */
export const partitionsOf = async (log: Log, topic: string): Promise<readonly Partition[]> => {
  const { partitions } = await log.describe(topic);
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
};
