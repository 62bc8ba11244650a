import type { Log } from '../../engine/log.ts';
import type { Stage } from '../../engine/stage.ts';
import { topicsNeeded } from '../../engine/topics.ts';
import { AmendsError } from '../../happenings/errors.ts';
import { firstArmed } from '../../topics/controls.ts';
import type { Instant } from '../../values/time.ts';
import { after } from '../../values/time.ts';
import { BadLines } from '../bad-lines.ts';
import type { EventRecord } from '../event-record.ts';
import { controlRecord } from '../history/control-record.ts';
import { Feed, outsideTopics } from '../history/feed.ts';
import { readHistory } from '../history/read-history.ts';
import type { Survey } from '../history/survey.ts';
import { survey } from '../history/survey.ts';
import { reasonsAgainst } from './reasons-against.ts';
import type { DescribeTopics } from './topic-kept.ts';

/** Records sent at a time: what is in memory. */
const chunkRecords = 1_000;
/** So often every partition is told the time, so that who works the history off goes on while it is published. */
const chunksATick = 5;

export interface PublishOptions {
  /** The event file. */
  readonly file: string;
  readonly log: Log;
  readonly describeTopics: DescribeTopics;
  /** What will read it: which topics a history may hold, and which must be fit for it. */
  readonly application: string;
  readonly stages: readonly Stage[];
  /** Today: topics delete and refuse records by their age. */
  readonly now: Instant;
  /** Lets money move under the policy of this hash, from 1 ms before the first record. */
  readonly armed?: { readonly policyHash: string; readonly latch: number };
  /** Everything strictly before can be concluded; records at it or later are left out. Without it: 1 ms past the last record. */
  readonly until?: Instant;
  /** Goes on without the lines that can't be read, and counts them. */
  readonly skipBad?: boolean;
  /** Also where the topics hold records. */
  readonly append?: boolean;
  readonly progress?: (done: number, total: number) => void;
}

export interface Published {
  /** How many records, by topic. */
  readonly records: Readonly<Record<string, number>>;
  /** Partitions that were told the time as often. */
  readonly ticks: { readonly partitions: number; readonly times: number };
  readonly first: Instant | undefined;
  readonly last: Instant | undefined;
  readonly until: Instant | undefined;
  readonly badLines: number;
  /** Records at `until` or later. */
  readonly leftOut: number;
  /** False: the file was out of order, and was sorted. */
  readonly inOrder: boolean;
  /** `file:line: reason` of the first lines that were skipped. */
  readonly skipped: readonly string[];
}

/**
 * Publishes a history in order of time: each record to the partition of its key, and ticks to every partition of every
 * topic that is read from outside, while it goes on and at the end. Nothing is written unless the whole file can be read
 * and the topics are there, empty and fit.
 * Throws AMENDS_FILE_UNREADABLE, AMENDS_FILE_BAD_LINES (all of them told), AMENDS_TOPIC_MISSING, AMENDS_TOPIC_UNFIT,
 * AMENDS_TOPIC_NOT_EMPTY; and AMENDS_PUBLISH_BROKEN_OFF where the log fails half way.
 */
export const publish = async (options: PublishOptions): Promise<Published> => {
  const { file, stages, skipBad = false } = options;
  const outside = outsideTopics(stages);
  const bad = new BadLines(file);
  const surveyed = await survey(file, bad, ({ topic }) =>
    outside.has(topic) ? undefined : `unknown topic "${topic}"; known are ${[...outside.keys()].join(', ')}`,
  );
  if (bad.count > 0 && !skipBad) throw bad.error();
  const partitions = await fitPartitions(options, [...outside.keys()], surveyed);
  const feed = new Feed({ log: options.log, partitions, topics: outside });
  const { records, times, until } = await feedAll(options, feed, surveyed);
  const fed = [...records.values()].reduce((sum, count) => sum + count, 0);
  return {
    records: Object.fromEntries([...records].sort(([a], [b]) => (a < b ? -1 : 1))),
    ticks: { partitions: [...partitions.values()].reduce((sum, count) => sum + count, 0), times },
    first: surveyed.first,
    last: surveyed.last,
    until,
    badLines: bad.count,
    leftOut: surveyed.records - fed,
    inOrder: surveyed.isInOrder,
    skipped: bad.first,
  };
};

/** The partitions of each topic that is fed. Throws where topics are missing, unfit or in use. */
const fitPartitions = async (
  { log, describeTopics, application, stages, now, until, append = false }: PublishOptions,
  outside: readonly string[],
  { first, last }: Survey,
): Promise<ReadonlyMap<string, number>> => {
  const needed = topicsNeeded({ application, stages, partitions: 1, time: 'records' });
  const kept = await describeTopics(needed.map(({ name }) => name));
  const missing = outside.filter((name) => !kept.has(name));
  if (missing.length > 0) throw new AmendsError('AMENDS_TOPIC_MISSING', missing, 'amends topics create --time records creates them');
  if (first !== undefined && last !== undefined) {
    const span = { first: after(first, -1), last: until ?? after(last, 1) };
    const reasons = reasonsAgainst({ needed, kept, ...span, now });
    if (reasons.length > 0) throw new AmendsError('AMENDS_TOPIC_UNFIT', reasons);
  }
  const partitions = new Map(outside.map((name) => [name, kept.get(name)?.partitions ?? 0]));
  if (!append) await refuseInUse(log, partitions);
  return partitions;
};

const refuseInUse = async (log: Log, partitions: ReadonlyMap<string, number>): Promise<void> => {
  const inUse: string[] = [];
  for (const [topic, count] of partitions) {
    const ends = await log.ends(Array.from({ length: count }, (_, partition) => ({ topic, partition })));
    const held = ends.reduce((sum, { first, high }) => sum + high - first, 0);
    if (held > 0) inUse.push(`${topic}: ${held} records`);
  }
  if (inUse.length > 0) throw new AmendsError('AMENDS_TOPIC_NOT_EMPTY', inUse);
};

interface Fed {
  readonly records: ReadonlyMap<string, number>;
  readonly times: number;
  readonly until: Instant | undefined;
}

const feedAll = async (options: PublishOptions, feed: Feed, { first, last, records: total, isInOrder }: Survey): Promise<Fed> => {
  const { file, armed, progress = () => {} } = options;
  const records = new Map<string, number>();
  if (first === undefined || last === undefined) return { records, times: 0, until: options.until };
  const until = options.until ?? after(last, 1);
  const outside = outsideTopics(options.stages);
  const wanted = ({ topic, timestamp }: EventRecord): boolean => outside.has(topic) && timestamp < until;
  let fed = 0;
  let times = 0;
  let chunks = 0;
  try {
    if (armed) {
      const at = after(first, -1);
      const word = firstArmed({ by: 'publish', why: 'a published history acts', policyHash: armed.policyHash, at });
      await feed.append([controlRecord({ ...word, latch: armed.latch }, at)]);
    }
    for await (const chunk of readHistory(file, { isInOrder, chunkRecords, wanted })) {
      await feed.append(chunk);
      for (const { topic } of chunk) records.set(topic, (records.get(topic) ?? 0) + 1);
      fed += chunk.length;
      chunks += 1;
      if (chunks % chunksATick === 0) {
        await feed.tick(chunk.at(-1)?.timestamp ?? first);
        times += 1;
      }
      progress(fed, total);
    }
    await feed.tick(until);
    times += 1;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AmendsError('AMENDS_PUBLISH_BROKEN_OFF', [
      `${fed} of ${total} records are published, and perhaps up to ${chunkRecords} more`,
      ...why.split('\n').map((line) => line.trim()),
    ]);
  }
  return { records, times, until };
};
