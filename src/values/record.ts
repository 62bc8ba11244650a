import type { Instant } from './time.ts';

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

export interface Position extends Partition {
  readonly offset: number;
}

/** A record as a log returns it. `headers()` is a function because most readers never look. */
export interface LogRecord extends Position {
  readonly timestamp: Instant;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  headers(): ReadonlyMap<string, Buffer>;
}

/** A record on its way to a log. In a topic with append times the log puts its own `timestamp`. */
export interface Outgoing extends Partition {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: Instant;
  readonly headers?: ReadonlyMap<string, Buffer>;
}

/** `topic/partition`, the name of a partition in changelogs, logs and messages. */
export const partitionName = (of: Partition): string => `${of.topic}/${of.partition}`;

/**
 * Header of a tick: in the `records` time mode a record with this header and a null value only says "time has come this far".
 * Its key doesn't matter: a compacted topic asks for one (`docs/decisions/0006-a-tick-may-have-a-key.md`).
 */
export const tickHeader = 'amends.tick';
