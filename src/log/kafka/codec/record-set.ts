import type { LogRecord, Partition } from '../../../engine/log.ts';
import type { Instant } from '../../../values/time.ts';
import { instant } from '../../../values/time.ts';
import { attribute, currentMagic, layout, lengthOverheadBytes } from './batch-layout.ts';
import { batchUnreadable } from './batch-unreadable.ts';
import { crc32c } from './crc32c.ts';
import { compressionOf } from './decompress.ts';
import { FetchedRecord } from './fetched-record.ts';
import { readInt64 } from './int64.ts';
import { VarintReader } from './varint.ts';

/** A transaction that was aborted: that producer's records from here to its next abort marker never happened. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** What a fetch answer holds of one partition. */
export interface FetchedSet extends Partition {
  readonly recordSet: Buffer;
  readonly abortedTransactions: readonly AbortedTransaction[];
}

/** A share of a record set. `next` is past control and aborted records too; `bytes` of the records, uncompressed. */
export interface Share {
  readonly records: readonly LogRecord[];
  readonly next: number;
  readonly bytes: number;
}

/** The records of one batch that are still to be read. */
interface OpenBatch {
  readonly baseOffset: number;
  readonly next: number;
  readonly baseTimestamp: number;
  /** The log's own time, where the topic has append times. */
  readonly appendedAt: Instant | undefined;
  readonly reader: VarintReader;
  left: number;
}

/** As much as one batch may become: a broker takes 1 MiB by default, and what becomes a hundred times as much is a bomb. */
const maxBatchBytes = 128 * 1024 * 1024;

/** A control record's key is its version and its type, an int16 each (Kafka's ControlRecordType). */
const abortMarker = 0;

const isData = 'data';

/** The last time that a calendar has (ECMA-262, 21.4.1.1). A producer's may be any int64, and others couldn't write it down. */
const lastTime = 8.64e15;
const timeOf = (ms: number): Instant => instant(ms > lastTime ? lastTime : ms < -lastTime ? -lastTime : ms);

/**
 * The committed records of one partition in a fetch answer, handed out in shares. Keys and values are pieces of the answer;
 * a last batch that is cut off is left for the next fetch.
 */
export class RecordSet {
  readonly topic: string;
  readonly partition: number;
  /** Behind the last whole batch: where the next fetch goes on. */
  readonly end: number;
  readonly #bytes: Buffer;
  readonly #wholeBytes: number;
  #at = 0;
  #next: number;
  #open: OpenBatch | undefined;
  /** By their first offset; those before `#abortsSeen` have begun. */
  readonly #aborts: readonly AbortedTransaction[];
  #abortsSeen = 0;
  readonly #aborting = new Set<number>();

  /** `from` is the offset of the first record wanted: a broker answers with the whole batch that it is in. */
  constructor({ topic, partition, recordSet, abortedTransactions }: FetchedSet, from: number) {
    this.topic = topic;
    this.partition = partition;
    this.#bytes = recordSet;
    this.#next = from;
    this.#aborts =
      abortedTransactions.length > 1 ? abortedTransactions.toSorted((a, b) => a.firstOffset - b.firstOffset) : abortedTransactions;
    const { bytes, next } = wholeBatches(recordSet, from);
    this.#wholeBytes = bytes;
    this.end = next;
  }

  /** Where reading goes on: past all that was handed out or passed over. */
  get next(): number {
    return this.#next;
  }

  /** Whether no whole batch is left. One that is left may turn out to hold no record for us. */
  get isEmpty(): boolean {
    return this.bytesLeft === 0;
  }

  /** Bytes of whole batches that are still to be read: of the one under way uncompressed, of the others as they came. */
  get bytesLeft(): number {
    return this.#wholeBytes - this.#at + (this.#open ? this.#open.reader.bytes.length - this.#open.reader.at : 0);
  }

  /**
   * The next records, up to `limitBytes` of them and at least one if there is any. Throws AMENDS_BATCH_UNREADABLE at a batch
   * with a wrong checksum, of an old format, of an unknown compression or of nonsense, again at each call; the records before
   * it are given first.
   */
  read(limitBytes: number): Share {
    const records: LogRecord[] = [];
    let bytes = 0;
    try {
      for (;;) {
        const batch = (this.#open ??= this.#nextBatch());
        if (!batch) break;
        bytes = this.#readFrom(batch, records, bytes, limitBytes);
        if (batch.left > 0) break;
        this.#open = undefined;
        this.#pass(batch.next);
      }
    } catch (error) {
      if (records.length === 0) throw error;
    }
    return { records, next: this.#next, bytes };
  }

  #pass(next: number): void {
    if (next > this.#next) this.#next = next;
  }

  /** Moves records of a batch to `into` as long as it holds no more than `limitBytes`; gives how many bytes it holds then. */
  #readFrom(batch: OpenBatch, into: LogRecord[], already: number, limitBytes: number): number {
    const { reader, baseOffset, baseTimestamp, appendedAt } = batch;
    const bytes = reader.bytes;
    const from = this.#next;
    let held = already;
    while (batch.left > 0) {
      const start = reader.at;
      const length = reader.int32();
      const body = reader.at;
      const end = body + length;
      reader.at = body + 1;
      const timestampDelta = reader.int64();
      const offset = baseOffset + reader.int32();
      if (length < 0 || end > bytes.length) this.#nonsense(batch, start, offset);
      if (offset < from) {
        reader.at = end;
        batch.left -= 1;
        continue;
      }
      if (held + end - start > limitBytes && into.length > 0) {
        reader.at = start;
        break;
      }
      const keyBytes = reader.int32();
      const keyAt = reader.at;
      if (keyBytes > 0) reader.at += keyBytes;
      const valueBytes = reader.int32();
      const valueAt = reader.at;
      const headersAt = valueBytes > 0 ? valueAt + valueBytes : valueAt;
      if (headersAt >= end) this.#nonsense(batch, start, offset);
      into.push(
        new FetchedRecord(
          this.topic,
          this.partition,
          offset,
          appendedAt ?? timeOf(baseTimestamp + timestampDelta),
          bytes,
          keyAt,
          keyBytes,
          valueAt,
          valueBytes,
        ),
      );
      reader.at = end;
      batch.left -= 1;
      held += end - start;
      this.#next = offset + 1;
    }
    return held;
  }

  /** A record that makes no sense: the position stays before it. */
  #nonsense(batch: OpenBatch, start: number, offset: number): never {
    batch.reader.at = start;
    throw batchUnreadable({ topic: this.topic, partition: this.partition, offset }, 'a record is longer than its batch');
  }

  /** The next batch that holds records for us; what lies before it is passed over. */
  #nextBatch(): OpenBatch | undefined {
    while (this.#at < this.#wholeBytes) {
      const bytes = this.#bytes;
      const at = this.#at;
      const baseOffset = readInt64(bytes, at + layout.baseOffset);
      const end = this.#checked(at, baseOffset);
      const attributes = bytes.readInt16BE(at + layout.attributes);
      const next = baseOffset + bytes.readInt32BE(at + layout.lastOffsetDelta) + 1;
      const kind = this.#kindOf(at, attributes, next);
      const open = kind === isData && next > this.#next ? this.#opened(at, end, baseOffset, attributes, next) : undefined;
      this.#at = end;
      if (open) return open;
      this.#pass(next);
    }
    return undefined;
  }

  /** Where the batch ends that begins at `at`, once its format and checksum are known to be right. */
  #checked(at: number, baseOffset: number): number {
    const bytes = this.#bytes;
    const place = { topic: this.topic, partition: this.partition, offset: baseOffset };
    const magic = bytes[at + layout.magic] ?? 0;
    if (magic !== currentMagic)
      throw batchUnreadable(
        place,
        `its message format is version ${magic}; Amends reads version ${currentMagic}, which Kafka writes since 0.11`,
        'copy what is still needed into a topic of the current message format, or start behind it',
      );
    const length = bytes.readInt32BE(at + layout.length);
    const end = at + lengthOverheadBytes + length;
    if (end - at < layout.records) throw batchUnreadable(place, `it says that it has ${length} bytes, less than its own head`);
    const said = bytes.readUInt32BE(at + layout.crc);
    const found = crc32c(bytes, at + layout.attributes, end);
    if (said !== found)
      throw batchUnreadable(place, `its CRC32C is ${hex(found)}, not ${hex(said)}: bytes were changed on the way or on disk`);
    if (!Number.isSafeInteger(baseOffset) || baseOffset < 0) throw batchUnreadable(place, 'its offset is no position');
    return end;
  }

  /** What a batch is to us, as of the transactions that began before its end (KIP-98; Kafka's own CompletedFetch does the same). */
  #kindOf(at: number, attributes: number, next: number): 'data' | 'control' | 'aborted' {
    for (;;) {
      const abort = this.#aborts[this.#abortsSeen];
      if (!abort || abort.firstOffset >= next) break;
      this.#aborting.add(abort.producerId);
      this.#abortsSeen += 1;
    }
    if ((attributes & attribute.control) !== 0) {
      if (this.#isAbortMarker(at)) this.#aborting.delete(readInt64(this.#bytes, at + layout.producerId));
      return 'control';
    }
    const isAborted =
      this.#aborting.size > 0 &&
      (attributes & attribute.transactional) !== 0 &&
      this.#aborting.has(readInt64(this.#bytes, at + layout.producerId));
    return isAborted ? 'aborted' : isData;
  }

  /** Compaction can leave a control batch without its record. */
  #isAbortMarker(at: number): boolean {
    const bytes = this.#bytes;
    if (bytes.readInt32BE(at + layout.count) < 1) return false;
    const reader = new VarintReader(bytes, at + layout.records);
    reader.int32();
    reader.at += 1;
    reader.int64();
    reader.int32();
    return reader.int32() >= 4 && bytes.readInt16BE(reader.at + 2) === abortMarker;
  }

  #opened(at: number, end: number, baseOffset: number, attributes: number, next: number): OpenBatch {
    const bytes = this.#bytes;
    const isAppendTime = (attributes & attribute.logAppendTime) !== 0;
    return {
      baseOffset,
      next,
      baseTimestamp: readInt64(bytes, at + layout.baseTimestamp),
      appendedAt: isAppendTime ? instant(readInt64(bytes, at + layout.maxTimestamp)) : undefined,
      reader: this.#recordsOf(bytes.subarray(at, end), baseOffset, attributes & attribute.compression),
      left: bytes.readInt32BE(at + layout.count),
    };
  }

  #recordsOf(batch: Buffer, offset: number, number: number): VarintReader {
    if (number === 0) return new VarintReader(batch, layout.records);
    const place = { topic: this.topic, partition: this.partition, offset };
    const compression = compressionOf(number);
    if (!compression)
      throw batchUnreadable(
        place,
        `its compression is number ${number}, which Amends does not know`,
        "set the producer's compression.type to none, gzip, snappy, lz4 or zstd",
      );
    try {
      return new VarintReader(compression.decompress(batch.subarray(layout.records), maxBatchBytes), 0);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw batchUnreadable(
        place,
        `its records, compressed by ${compression.name}, can not be decompressed (at most ${maxBatchBytes} bytes): ${why}`,
      );
    }
  }
}

const hex = (crc: number): string => `0x${crc.toString(16).padStart(8, '0')}`;

/**
 * A broker answers with as many bytes as were asked for, and the last batch may be cut off by that. Gives the bytes of the
 * others, and where reading from `from` is past them.
 */
const wholeBatches = (recordSet: Buffer, from: number): { readonly bytes: number; readonly next: number } => {
  let bytes = 0;
  let next = from;
  while (recordSet.length - bytes > layout.magic) {
    // Older formats have offset and length at the same place; they are refused by name when they are read.
    const end = bytes + lengthOverheadBytes + Math.max(0, recordSet.readInt32BE(bytes + layout.length));
    if (end > recordSet.length) break;
    const isCurrent = recordSet[bytes + layout.magic] === currentMagic && end - bytes >= layout.records;
    const lastOffsetDelta = isCurrent ? recordSet.readInt32BE(bytes + layout.lastOffsetDelta) : 0;
    next = Math.max(next, readInt64(recordSet, bytes + layout.baseOffset) + lastOffsetDelta + 1);
    bytes = end;
  }
  return { bytes, next };
};
