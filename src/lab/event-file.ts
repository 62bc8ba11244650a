import type { EventRecord } from './event-record.ts';
import { formatEventLine, parseEventLine } from './event-record.ts';
import { readLines } from './lines.ts';
import { writeLines } from './write-lines.ts';

/** A line of an event file: a record, or the reason why it is none. */
export type EventLine = { readonly number: number; readonly offset: number; readonly length: number } & (
  | { readonly record: EventRecord }
  | { readonly reason: string }
);

/** The lines of an event file, an array a chunk read, in bounded memory. Throws AMENDS_FILE_UNREADABLE. */
export async function* readEvents(path: string): AsyncGenerator<readonly EventLine[]> {
  for await (const lines of readLines(path))
    yield lines.map(({ number, offset, length, text, reason }): EventLine => {
      const place = { number, offset, length };
      if (text === undefined) return { ...place, reason: reason ?? 'unreadable' };
      const parsed = parseEventLine(text);
      return 'reason' in parsed ? { ...place, reason: parsed.reason } : { ...place, record: parsed };
    });
}

/** Writes an event file; it appears whole or not at all. Throws AMENDS_FILE_UNREADABLE. */
export const writeEvents = async (path: string, records: Iterable<EventRecord>): Promise<void> => {
  await writeLines(
    path,
    (function* () {
      for (const record of records) yield formatEventLine(record);
    })(),
  );
};
