import type { Instant } from '../../values/time.ts';
import type { LogRecord } from '../../engine/log.ts';
import { instant } from '../../values/time.ts';
import { bytesOf } from './record-size.ts';

type Headers = ReadonlyMap<string, Buffer>;

const noHeaders: Headers = new Map();

/** Not more records than this in a chunk: what is trimmed, compacted or looked through goes by chunks. */
const maxRecords = 1024;
/** Not more bytes than this, but for a record that is larger alone. */
export const chunkBytes = 1024 * 1024;
const firstBytes = 4 * 1024;

/** A record as it is read. Its buffers are windows on the chunk: look, don't write. */
class StoredRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: Instant;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly #headers: Headers | undefined;

  constructor(
    topic: string,
    partition: number,
    offset: number,
    timestamp: Instant,
    key: Buffer | null,
    value: Buffer | null,
    headers: Headers | undefined,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.timestamp = timestamp;
    this.key = key;
    this.value = value;
    this.#headers = headers;
  }

  headers(): Headers {
    return this.#headers ?? noHeaders;
  }
}

/** What a chunk keeps of a record. */
interface Kept {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Headers | undefined;
}

/**
 * A run of records in order of offset, gaps allowed, with their bytes packed into one buffer: a million records are then
 * a thousand objects to the garbage collector, and a record that outlives its neighbours doesn't hold their memory.
 */
export class Chunk {
  #length = 0;
  readonly #offsets = new Float64Array(maxRecords);
  readonly #timestamps = new Float64Array(maxRecords);
  readonly #starts = new Int32Array(maxRecords);
  /** -1: null. */
  readonly #keyLengths = new Int32Array(maxRecords);
  readonly #valueLengths = new Int32Array(maxRecords);
  /** Most records have none. */
  #headers: Map<number, Headers> | undefined;
  #bytes: Buffer;
  #used = 0;

  constructor(forBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(firstBytes, forBytes));
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of its keys and values. */
  get bytes(): number {
    return this.#used;
  }

  get lastOffset(): number {
    return this.#offsets[this.#length - 1] ?? -1;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#length < maxRecords && (this.#used + bytes <= chunkBytes || this.#length === 0);
  }

  push(offset: number, timestamp: Instant, { key, value, headers }: Kept): void {
    const keyBytes = key?.length ?? 0;
    const needed = this.#used + keyBytes + (value?.length ?? 0);
    this.#makeRoom(needed);
    if (key) this.#bytes.set(key, this.#used);
    if (value) this.#bytes.set(value, this.#used + keyBytes);
    if (headers && headers.size > 0) (this.#headers ??= new Map()).set(this.#length, headers);
    this.#note(offset, timestamp, key ? keyBytes : -1, value ? value.length : -1);
    this.#used = needed;
  }

  /** A record of another chunk, with its offset and time. */
  pushFrom(other: Chunk, index: number): void {
    const start = other.#starts[index] ?? 0;
    const end = index + 1 < other.#length ? (other.#starts[index + 1] ?? 0) : other.#used;
    const needed = this.#used + end - start;
    this.#makeRoom(needed);
    other.#bytes.copy(this.#bytes, this.#used, start, end);
    const headers = other.#headers?.get(index);
    if (headers) (this.#headers ??= new Map()).set(this.#length, headers);
    this.#note(other.offsetAt(index), other.timestampAt(index), other.#keyLengths[index] ?? -1, other.#valueLengths[index] ?? -1);
    this.#used = needed;
  }

  /** Nothing will be added any more: gives back what was taken in reserve, where that is much. */
  seal(): void {
    if (this.#used < 0.75 * this.#bytes.length) this.#resize(this.#used);
  }

  offsetAt(index: number): number {
    return this.#offsets[index] ?? -1;
  }

  timestampAt(index: number): Instant {
    return instant(this.#timestamps[index] ?? 0);
  }

  /** Key, value and headers in bytes. */
  bytesAt(index: number): number {
    return bytesOf(this.#keyLengths[index] ?? -1, this.#valueLengths[index] ?? -1, this.#headers?.get(index));
  }

  isTombstone(index: number): boolean {
    return this.#valueLengths[index] === -1;
  }

  hasKey(index: number): boolean {
    return (this.#keyLengths[index] ?? -1) >= 0;
  }

  /** FNV-1a (32 bit) of the key: for a table of keys, where strings would cost more than all the rest of a compaction. */
  keyHashAt(index: number): number {
    const start = this.#starts[index] ?? 0;
    const end = start + (this.#keyLengths[index] ?? 0);
    const bytes = this.#bytes;
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    return hash;
  }

  hasSameKey(index: number, other: Chunk, otherIndex: number): boolean {
    const length = this.#keyLengths[index] ?? -1;
    if (length !== other.#keyLengths[otherIndex]) return false;
    const start = this.#starts[index] ?? 0;
    const otherStart = other.#starts[otherIndex] ?? 0;
    for (let at = 0; at < length; at += 1) if (this.#bytes[start + at] !== other.#bytes[otherStart + at]) return false;
    return true;
  }

  recordAt(topic: string, partition: number, index: number): LogRecord {
    const start = this.#starts[index] ?? 0;
    const keyLength = this.#keyLengths[index] ?? -1;
    const valueLength = this.#valueLengths[index] ?? -1;
    const valueStart = keyLength < 0 ? start : start + keyLength;
    const key = keyLength < 0 ? null : this.#bytes.subarray(start, valueStart);
    const value = valueLength < 0 ? null : this.#bytes.subarray(valueStart, valueStart + valueLength);
    return new StoredRecord(topic, partition, this.offsetAt(index), this.timestampAt(index), key, value, this.#headers?.get(index));
  }

  /** The place of the first record at or after `offset`; the length where there is none. */
  indexOf(offset: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offsetAt(middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #note(offset: number, timestamp: Instant, keyLength: number, valueLength: number): void {
    const at = this.#length;
    this.#offsets[at] = offset;
    this.#timestamps[at] = timestamp;
    this.#starts[at] = this.#used;
    this.#keyLengths[at] = keyLength;
    this.#valueLengths[at] = valueLength;
    this.#length = at + 1;
  }

  #makeRoom(forBytes: number): void {
    if (forBytes > this.#bytes.length) this.#resize(Math.max(forBytes, Math.min(chunkBytes, 2 * this.#bytes.length)));
  }

  #resize(toBytes: number): void {
    const bytes = Buffer.allocUnsafeSlow(toBytes);
    this.#bytes.copy(bytes, 0, 0, this.#used);
    this.#bytes = bytes;
  }
}
