import type { Outgoing, Partition } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import { invariant } from '../../values/invariant.ts';
import { partitionName } from '../../values/record.ts';
import type { Instant } from '../../values/time.ts';
import { PartitionLog } from './partition-log.ts';
import { batchBytesOf } from './record-size.ts';
import { Refused } from '../shared/refused.ts';

/** How a topic is kept. */
export interface TopicSettings {
  /** At least 1. */
  readonly partitions: number;
  /** Of each key only the last record is kept for good. Default: false. */
  readonly compacted?: boolean;
  /** Whose time a record bears: the broker's when it was appended (the default), or its producer's. */
  readonly timestamps?: 'append' | 'create';
  /** The largest batch, so the largest record and 82 bytes. Default: 1 MiB. */
  readonly maxMessageBytes?: number;
}

const defaultMaxMessageBytes = 1024 * 1024;

/** A topic: its settings and its partitions. Created again it is another one, with another id. */
export class TopicLog {
  readonly name: string;
  readonly id: string;
  readonly partitions: PartitionLog[] = [];
  readonly #isCompacted: boolean;
  readonly #timestamps: 'append' | 'create';
  readonly #maxMessageBytes: number;

  constructor(
    name: string,
    id: string,
    { partitions, compacted = false, timestamps = 'append', maxMessageBytes = defaultMaxMessageBytes }: TopicSettings,
  ) {
    this.name = name;
    this.id = id;
    this.#isCompacted = compacted;
    this.#timestamps = timestamps;
    this.#maxMessageBytes = maxMessageBytes;
    this.growTo(partitions);
  }

  growTo(partitions: number): void {
    invariant(
      Number.isSafeInteger(partitions) && partitions > 0 && partitions >= this.partitions.length,
      'a topic has at least one partition, and never loses one',
    );
    while (this.partitions.length < partitions)
      this.partitions.push(new PartitionLog(this.name, this.partitions.length, this.#isCompacted));
  }

  /** Throws `Refused`, permanently, when the record is too large. */
  check(record: Outgoing): void {
    const bytes = batchBytesOf(record);
    if (bytes > this.#maxMessageBytes)
      throw new Refused('too-large', `${partitionName(record)}: a record takes ${bytes} bytes, the topic at most ${this.#maxMessageBytes}`);
  }

  /** Appends to one partition; gives the offset of the first. */
  append(partition: PartitionLog, records: readonly Outgoing[], now: Instant, transaction?: object): number {
    return partition.append(records, now, this.#timestamps === 'append' ? now : undefined, transaction);
  }

  /** The time that `record` bears once it is appended at `now`. */
  timeOf(record: Outgoing, now: Instant): Instant {
    return this.#timestamps === 'append' ? now : record.timestamp;
  }
}

/** The names that Kafka takes. */
const topicName = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** All topics of a broker by name. */
export class TopicLogs {
  readonly #topics = new Map<string, TopicLog>();
  #created = 0;

  create(name: string, settings: TopicSettings): void {
    invariant(topicName.test(name), `"${name}" is the name of a topic`);
    invariant(!this.#topics.has(name), `there is no topic ${name} yet`);
    this.#created += 1;
    this.#topics.set(name, new TopicLog(name, `topic-${this.#created}`, settings));
  }

  delete(name: string): void {
    this.get(name);
    this.#topics.delete(name);
  }

  names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  find(name: string): TopicLog | undefined {
    return this.#topics.get(name);
  }

  /** Throws AMENDS_TOPIC_MISSING. */
  get(name: string): TopicLog {
    const topic = this.#topics.get(name);
    if (!topic) throw new AmendsError('AMENDS_TOPIC_MISSING', [name]);
    return topic;
  }

  findPartition({ topic, partition }: Partition): PartitionLog | undefined {
    return this.#topics.get(topic)?.partitions[partition];
  }

  /** Throws AMENDS_TOPIC_MISSING. */
  getPartition(of: Partition): PartitionLog {
    const partition = this.findPartition(of);
    if (!partition) throw new AmendsError('AMENDS_TOPIC_MISSING', [partitionName(of)]);
    return partition;
  }
}
