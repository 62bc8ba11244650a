import type { LogRecord } from '../../../engine/log.ts';
import type { Instant } from '../../../values/time.ts';
import { VarintReader } from './varint.ts';

const noHeaders: ReadonlyMap<string, Buffer> = new Map();
const noBytes = Buffer.alloc(0);

/**
 * A record of a fetch answer: its key, value and headers are pieces of that answer, which lives as long as one of them. They are
 * cut when they are asked for: thousands of records wait at a time, and the collector would copy two buffers more for each.
 */
export class FetchedRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: Instant;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  /** Less than 0: null. */
  readonly #keyBytes: number;
  readonly #valueAt: number;
  readonly #valueBytes: number;

  /** Arguments one by one: it is called for each record there is, and an object of them would be one more to allocate. */
  constructor(
    topic: string,
    partition: number,
    offset: number,
    timestamp: Instant,
    bytes: Buffer,
    keyAt: number,
    keyBytes: number,
    valueAt: number,
    valueBytes: number,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.timestamp = timestamp;
    this.#bytes = bytes;
    this.#keyAt = keyAt;
    this.#keyBytes = keyBytes;
    this.#valueAt = valueAt;
    this.#valueBytes = valueBytes;
  }

  get key(): Buffer | null {
    return this.#keyBytes < 0 ? null : this.#bytes.subarray(this.#keyAt, this.#keyAt + this.#keyBytes);
  }

  get value(): Buffer | null {
    return this.#valueBytes < 0 ? null : this.#bytes.subarray(this.#valueAt, this.#valueAt + this.#valueBytes);
  }

  /** Of headers with the same name the last, as Kafka's own `lastHeader`; one without a value has zero bytes. */
  headers(): ReadonlyMap<string, Buffer> {
    const bytes = this.#bytes;
    const reader = new VarintReader(bytes, this.#valueAt + Math.max(0, this.#valueBytes));
    const count = reader.int32();
    if (count <= 0) return noHeaders;
    const headers = new Map<string, Buffer>();
    for (let left = count; left > 0 && reader.at < bytes.length; left -= 1) {
      const nameBytes = reader.int32();
      const name = bytes.toString('utf8', reader.at, reader.at + nameBytes);
      reader.at += nameBytes;
      const valueBytes = reader.int32();
      headers.set(name, valueBytes > 0 ? bytes.subarray(reader.at, reader.at + valueBytes) : noBytes);
      if (valueBytes > 0) reader.at += valueBytes;
    }
    return headers;
  }
}
