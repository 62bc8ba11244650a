import type { Topic } from '../formats/topic.ts';
import { partitionOf } from '../values/murmur2.ts';
import type { Instant } from '../values/time.ts';

/** What a producer out there did wrong. */
export type Fault = 'not-json' | 'no-key' | 'unknown-status' | 'empty' | 'misplaced';

/** What a producer out there writes. `timestamp`: when it reaches the log; when it was observed stands in the value. */
export interface WorldRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: Instant;
  /** Absent from a record that is as it should be. */
  readonly fault?: Fault;
}

/** A value of a topic as a record that reaches the log at `timestamp`. */
export const recordOf = <T>(topic: Topic<T>, value: T, timestamp: Instant): WorldRecord => {
  const { key, value: bytes } = topic.encode(value);
  return { topic: topic.name, key, value: bytes, timestamp };
};

/** The partition that its producer chooses: murmur2 of the key, but for one that was set up wrong. Without a key the first. */
export const partitionFor = ({ key, fault }: WorldRecord, partitions: number): number => {
  if (key === null) return 0;
  const right = partitionOf(key, partitions);
  return fault === 'misplaced' ? (right + 1) % partitions : right;
};
