import type { EventRecord } from '../../lab/event-record.ts';
import { valueOf } from '../../lab/event-record.ts';
import type { WorldRecord } from '../../world/world-record.ts';

/** A record of the world as a line of an event file. */
export const eventOf = ({ topic, key, value, timestamp }: WorldRecord): EventRecord => ({
  topic,
  key: key?.toString('utf8') ?? null,
  value: valueOf(value),
  headers: {},
  timestamp,
});
