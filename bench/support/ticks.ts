import type { Outgoing } from '../../src/engine/log.ts';
import { tickHeader } from '../../src/values/record.ts';
import type { Instant } from '../../src/values/time.ts';

/** Says on every partition of these topics that, in `records` mode, time has come to `timestamp`. */
export const ticksOf = (topics: readonly string[], partitions: number, timestamp: Instant): readonly Outgoing[] =>
  topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({
      topic,
      partition,
      key: null,
      value: null,
      timestamp,
      headers: new Map([[tickHeader, Buffer.alloc(0)]]),
    })),
  );
