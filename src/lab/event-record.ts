import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';

/** The value of a record: JSON, or bytes that aren't JSON, so that bad input can be carried too. */
export type EventValue = { readonly json: unknown } | { readonly bytes: Buffer } | null;

/** A record of an event file: one line. */
export interface EventRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: EventValue;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: Instant;
}

/** Topic names as Kafka allows them. */
const topicName = /^[A-Za-z0-9._-]{1,249}$/;
const fields = new Set(['topic', 'key', 'value', 'valueBase64', 'headers', 'timestamp']);
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** The furthest that a `Date` can tell: ECMA-262, "Time Values and Time Range". */
const largestTimeMs = 8.64e15;

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const timeOf = (value: unknown): Instant | undefined => {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= largestTimeMs ? instant(value) : undefined;
  if (typeof value !== 'string' || !isoTime.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isFinite(ms) ? instant(ms) : undefined;
};

/** A line of an event file as a record, or the reason why it is none. */
export const parseEventLine = (text: string): EventRecord | { readonly reason: string } => {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    return { reason: `not JSON: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200) };
  }
  if (!isMap(line)) return { reason: 'expected an object with topic, key, value, headers, timestamp' };
  for (const field in line) if (!fields.has(field)) return { reason: `unknown field "${field.slice(0, 60)}"` };
  const { topic, key, headers = {} } = line;
  if (typeof topic !== 'string' || !topicName.test(topic)) return { reason: 'topic: expected a name such as delivery.tracking' };
  if (key !== null && typeof key !== 'string') return { reason: 'key: expected a string or null' };
  if (!isMap(headers)) return { reason: 'headers: expected a map of strings' };
  for (const name in headers) if (typeof headers[name] !== 'string') return { reason: `headers.${name.slice(0, 60)}: expected a string` };
  const timestamp = timeOf(line['timestamp']);
  if (timestamp === undefined) return { reason: 'timestamp: expected ISO 8601 with a zone, or milliseconds since 1970' };
  const has = { value: line['value'] !== undefined, base64: line['valueBase64'] !== undefined };
  if (has.value === has.base64) return { reason: 'expected either value or valueBase64' };
  const encoded = line['valueBase64'];
  if (has.base64 && (typeof encoded !== 'string' || encoded.length % 4 !== 0 || !base64.test(encoded)))
    return { reason: 'valueBase64: expected base64' };
  let value: EventValue;
  if (typeof encoded === 'string') value = { bytes: Buffer.from(encoded, 'base64') };
  else value = line['value'] === null ? null : { json: line['value'] };
  return { topic, key, value, headers: headers as Record<string, string>, timestamp };
};

/** A record as a line of an event file, without the line's end. */
export const formatEventLine = ({ topic, key, value, headers, timestamp }: EventRecord): string => {
  const content = value !== null && 'bytes' in value ? { valueBase64: value.bytes.toString('base64') } : { value: value?.json ?? null };
  return JSON.stringify({ topic, key, ...content, headers, timestamp: new Date(timestamp).toISOString() });
};

/** The bytes that a log carries for the value. A JSON `null` can't be told from no value, and is none. */
export const bytesOf = (value: EventValue): Buffer | null => {
  if (value === null) return null;
  return 'bytes' in value ? value.bytes : Buffer.from(JSON.stringify(value.json));
};

/** Bytes from a log as the value of an event file: JSON only where writing it again gives the same bytes. */
export const valueOf = (bytes: Buffer | null): EventValue => {
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  try {
    const json: unknown = JSON.parse(text);
    if (json !== null && JSON.stringify(json) === text) return { json };
  } catch {
    // What isn't JSON is carried as it is.
  }
  return { bytes };
};
