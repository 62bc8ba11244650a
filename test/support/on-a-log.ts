import { partitionsOf, readToEnd } from '../../src/cli/read-to-end.ts';
import type { Log, LogRecord } from '../../src/engine/log.ts';
import type { Topic } from '../../src/formats/topic.ts';
import { realClock } from '../../src/values/clock.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import { waitUntil } from '../broker/wait-until.ts';

/** Which partition a producer chooses. */
export type Partitioner = (key: Buffer, partitions: number) => number;

/** Writes as a producer outside would: each on the partition that its partitioner chooses. */
export const produceOn = async <T>(
  log: Log,
  topic: Topic<T>,
  values: readonly T[],
  partitioner: Partitioner = partitionOf,
): Promise<void> => {
  const { partitions } = await log.describe(topic.name);
  await log.append(
    values.map((value) => {
      const { key, value: bytes } = topic.encode(value);
      const partition = partitioner(key ?? Buffer.alloc(0), partitions);
      return { topic: topic.name, partition, key, value: bytes, timestamp: realClock.now() };
    }),
  );
};

/**
 * Everything that is on a topic by now, as a consumer of committed records sees it. A broker confirms a commit before its
 * markers are written, so what stands open is waited for.
 */
export const recordsOn = async (log: Log, topic: string): Promise<readonly LogRecord[]> => {
  const partitions = await partitionsOf(log, topic);
  const highs = (await log.ends(partitions)).map(({ high }) => high);
  await waitUntil(`${topic} is decided`, async () =>
    (await log.ends(partitions)).every(({ stable }, index) => stable >= (highs[index] ?? 0)),
  );
  const all: LogRecord[] = [];
  for await (const some of readToEnd(log, realClock, partitions)) all.push(...some);
  return all;
};

/** The values on a topic that can be read. */
export const valuesOn = async <T>(log: Log, topic: Topic<T>): Promise<readonly T[]> =>
  (await recordsOn(log, topic.name)).flatMap((record) => {
    const decoded = topic.decode(record);
    return decoded.kind === 'read' ? [decoded.value] : [];
  });
