import { letterHeaders } from '../../engine/dead-letter.ts';
import type { LogRecord } from '../../engine/log.ts';
import { partitionName } from '../../values/record.ts';
import type { EventRecord } from '../event-record.ts';
import { valueOf } from '../event-record.ts';
import type { LinesByPlace } from './lines-by-place.ts';

/** A record that the pipeline wrote, as its output file tells it. */
interface Written {
  readonly record: EventRecord;
  /** What it is about: of one problem, the order in which it was written counts. */
  readonly about: string;
  readonly content: string;
  readonly from: LogRecord;
}

/**
 * The records of a topic in an order that doesn't depend on how the history was split: by (time, key, problem), records
 * of one problem as they were written, what is about no problem by content. Positions are told as lines, here and, by
 * `lines`, in whatever is written later and refers to these.
 */
export const outputOf = (records: readonly LogRecord[], lines: LinesByPlace): readonly EventRecord[] => {
  const sorted = records.map((record) => writtenOf(record, lines)).sort(inOrder);
  // A record that was given to two tasks has two letters, which tell the same of the same line.
  const written = sorted.filter(({ content }, index) => content === '' || content !== sorted[index - 1]?.content);
  for (const [index, { from }] of written.entries()) lines.add(from, index + 1);
  return written.map(({ record }) => record);
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const inOrder = (a: Written, b: Written): number =>
  a.record.timestamp - b.record.timestamp ||
  compare(a.record.key ?? '', b.record.key ?? '') ||
  compare(a.about, b.about) ||
  // The same key is in the same partition, so there its offsets tell what was written first.
  (a.about !== '' && partitionName(a.from) === partitionName(b.from) ? a.from.offset - b.from.offset : compare(a.content, b.content));

const writtenOf = (from: LogRecord, lines: LinesByPlace): Written => {
  const value = valueOf(from.value);
  const isJson = value !== null && 'json' in value;
  const headers = headersOf(from, lines);
  const isLetter = letterHeaders.topic in headers;
  // A letter carries what came, as it came.
  const told = isJson && !isLetter ? { json: lines.rewrite(value.json) } : value;
  const record: EventRecord = {
    topic: from.topic,
    key: from.key?.toString('utf8') ?? null,
    value: told,
    headers,
    timestamp: from.timestamp,
  };
  const about = isJson && !isLetter ? problemOf(value.json) : '';
  return { record, about, content: about === '' ? JSON.stringify(record) : '', from };
};

/** The issue that a record of ours is, or is about. */
const problemOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return '';
  if ('issue' in value && typeof value.issue === 'string') return value.issue;
  return 'id' in value && typeof value.id === 'string' ? value.id : '';
};

const headersOf = (from: LogRecord, lines: LinesByPlace): Readonly<Record<string, string>> => {
  const headers = Object.fromEntries([...from.headers()].map(([name, value]) => [name, value.toString('utf8')]));
  const topic = headers[letterHeaders.topic];
  if (topic === undefined) return headers;
  const line = lines.lineOf({ topic, partition: Number(headers[letterHeaders.partition]), offset: Number(headers[letterHeaders.offset]) });
  return line === undefined ? headers : { ...headers, [letterHeaders.partition]: '0', [letterHeaders.offset]: String(line) };
};
