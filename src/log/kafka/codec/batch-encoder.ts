import type { Outgoing } from '../../../engine/log.ts';
import { invariant } from '../../../values/invariant.ts';
import { attribute, currentMagic, layout, lengthOverheadBytes } from './batch-layout.ts';
import { crc32c } from './crc32c.ts';
import { writeInt64 } from './int64.ts';
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from './varint.ts';

/** Who writes a batch. `baseSequence` is the number of its first record in what that producer wrote to the partition. */
export interface BatchHead {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
}

/** A batch of nobody's: written at least once, in no transaction. */
export const noProducer: BatchHead = { producerId: -1, producerEpoch: -1, baseSequence: -1, isTransactional: false };

/** A batch as it goes to the broker. `until` is the index of the first record that is not in it. */
export interface EncodedBatch {
  readonly bytes: Buffer;
  readonly until: number;
}

const largestSequence = 2_147_483_647;

/** The sequence of the batch after one of `count` records: it begins again at 0 past 2^31 - 1 (DefaultRecordBatch.incrementSequence). */
export const nextSequence = (sequence: number, count: number): number => (sequence + count) % (largestSequence + 1);

/** A slab that one large commit has made larger than this is not kept for the next. */
const keptSlabBytes = 16 * 1024 * 1024;

const headersBytes = (headers: ReadonlyMap<string, Buffer>): number => {
  let bytes = 0;
  for (const [name, value] of headers) {
    const nameBytes = Buffer.byteLength(name);
    bytes += varintBytes(nameBytes) + nameBytes + varintBytes(value.length) + value.length;
  }
  return bytes;
};

const nullableBytes = (field: Buffer | null): number => (field === null ? 1 : varintBytes(field.length) + field.length);

/** Writes record batches of version 2, uncompressed, one after the other into a slab that is used again. */
export class BatchEncoder {
  #slab: Buffer;
  #at = 0;

  constructor(slabBytes: number) {
    this.#slab = Buffer.allocUnsafeSlow(slabBytes);
  }

  /**
   * One batch of records[from..until), all of one partition, of at most `maxBytes`; a single record above that stands alone,
   * for the broker to refuse. The bytes are a copy, valid until `reset`.
   */
  encode(records: readonly Outgoing[], from: number, head: BatchHead, maxBytes: number): EncodedBatch {
    const first = records[from];
    invariant(first, 'a batch has a record');
    const { topic, partition } = first;
    const baseTimestamp: number = first.timestamp;
    let maxTimestamp = baseTimestamp;
    let start = this.#at;
    start = this.#room(start, start, layout.records);
    let at = start + layout.records;
    let until = from;
    for (; until < records.length; until += 1) {
      const record = records[until];
      invariant(record?.partition === partition && record.topic === topic, 'the records of a batch are of one partition');
      const { key, value, headers, timestamp } = record;
      invariant(Number.isSafeInteger(timestamp), `a record's time is in whole milliseconds, not ${timestamp}`);
      const delta = timestamp - baseTimestamp;
      const offsetDelta = until - from;
      const headerCount = headers?.size ?? 0;
      const bodyBytes =
        1 +
        varlongBytes(delta) +
        varintBytes(offsetDelta) +
        nullableBytes(key) +
        nullableBytes(value) +
        varintBytes(headerCount) +
        (headers && headerCount > 0 ? headersBytes(headers) : 0);
      const recordBytes = varintBytes(bodyBytes) + bodyBytes;
      if (until > from && at - start + recordBytes > maxBytes) break;
      const moved = this.#room(start, at, recordBytes);
      at += moved - start;
      start = moved;
      if (timestamp > maxTimestamp) maxTimestamp = timestamp;

      const slab = this.#slab;
      at = writeVarint(slab, bodyBytes, at);
      slab[at++] = 0;
      at = writeVarlong(slab, delta, at);
      at = writeVarint(slab, offsetDelta, at);
      at = writeNullable(slab, key, at);
      at = writeNullable(slab, value, at);
      at = writeVarint(slab, headerCount, at);
      if (headers && headerCount > 0) at = writeHeaders(slab, headers, at);
    }
    const bytes = this.#slab.subarray(start, at);
    this.#at = at;
    writeHead(bytes, head, until - from, baseTimestamp, maxTimestamp);
    return { bytes, until };
  }

  /** The slab is free again: of what was encoded before nothing may be read any more. */
  reset(): void {
    if (this.#slab.length > keptSlabBytes) this.#slab = Buffer.allocUnsafeSlow(keptSlabBytes);
    this.#at = 0;
  }

  /**
   * Room for `bytes` at `at`, for a batch that began at `start`; gives where it begins now. A slab that is full is left to
   * the batches in it, and the one under way moves into a larger one.
   */
  #room(start: number, at: number, bytes: number): number {
    if (at + bytes <= this.#slab.length) return start;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#slab.length * 2, (at - start + bytes) * 2));
    this.#slab.copy(larger, 0, start, at);
    this.#slab = larger;
    return 0;
  }
}

const writeNullable = (slab: Buffer, field: Buffer | null, at: number): number => {
  if (field === null) return writeVarint(slab, -1, at);
  const to = writeVarint(slab, field.length, at);
  slab.set(field, to);
  return to + field.length;
};

const writeHeaders = (slab: Buffer, headers: ReadonlyMap<string, Buffer>, from: number): number => {
  let at = from;
  for (const [name, value] of headers) {
    at = writeVarint(slab, Buffer.byteLength(name), at);
    at += slab.write(name, at);
    at = writeNullable(slab, value, at);
  }
  return at;
};

const writeHead = (batch: Buffer, head: BatchHead, count: number, baseTimestamp: number, maxTimestamp: number): void => {
  writeInt64(batch, 0, layout.baseOffset);
  batch.writeInt32BE(batch.length - lengthOverheadBytes, layout.length);
  batch.writeInt32BE(-1, layout.leaderEpoch);
  batch[layout.magic] = currentMagic;
  batch.writeInt16BE(head.isTransactional ? attribute.transactional : 0, layout.attributes);
  batch.writeInt32BE(count - 1, layout.lastOffsetDelta);
  writeInt64(batch, baseTimestamp, layout.baseTimestamp);
  writeInt64(batch, maxTimestamp, layout.maxTimestamp);
  writeInt64(batch, head.producerId, layout.producerId);
  batch.writeInt16BE(head.producerEpoch, layout.producerEpoch);
  batch.writeInt32BE(head.baseSequence, layout.baseSequence);
  batch.writeInt32BE(count, layout.count);
  batch.writeUInt32BE(crc32c(batch, layout.attributes, batch.length), layout.crc);
};
