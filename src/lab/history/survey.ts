import type { Instant } from '../../values/time.ts';
import type { BadLines } from '../bad-lines.ts';
import { readEvents } from '../event-file.ts';
import type { EventRecord } from '../event-record.ts';

/** What a first look at an event file tells, before anything of it is used. */
export interface Survey {
  readonly records: number;
  readonly first: Instant | undefined;
  readonly last: Instant | undefined;
  /** True when the records stand in order of time, so that they can be fed as they are read. */
  readonly isInOrder: boolean;
  /** Bytes of all lines; what progress is measured against. */
  readonly bytes: number;
}

/**
 * Reads a file to its end. Lines that are no records go to `bad`, and so do those for which `reasonAgainst` has one.
 * Throws AMENDS_FILE_UNREADABLE.
 */
export const survey = async (path: string, bad: BadLines, reasonAgainst: (record: EventRecord) => string | undefined): Promise<Survey> => {
  let records = 0;
  let first: Instant | undefined;
  let last: Instant | undefined;
  let latest: Instant | undefined;
  let isInOrder = true;
  let bytes = 0;
  for await (const lines of readEvents(path))
    for (const line of lines) {
      bytes = line.offset + line.length;
      const reason = 'reason' in line ? line.reason : reasonAgainst(line.record);
      if (reason !== undefined) bad.add(line.number, reason);
      if ('reason' in line || reason !== undefined) continue;
      const { timestamp } = line.record;
      records += 1;
      if (latest !== undefined && timestamp < latest) isInOrder = false;
      latest = timestamp;
      if (first === undefined || timestamp < first) first = timestamp;
      if (last === undefined || timestamp > last) last = timestamp;
    }
  return { records, first, last, isInOrder, bytes };
};
