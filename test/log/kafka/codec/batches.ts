import type { Outgoing } from '../../../../src/engine/log.ts';
import type { BatchHead } from '../../../../src/log/kafka/codec/batch-encoder.ts';
import { BatchEncoder, noProducer } from '../../../../src/log/kafka/codec/batch-encoder.ts';
import { attribute, layout } from '../../../../src/log/kafka/codec/batch-layout.ts';
import { crc32c } from '../../../../src/log/kafka/codec/crc32c.ts';
import { writeInt64 } from '../../../../src/log/kafka/codec/int64.ts';
import { instant } from '../../../../src/values/time.ts';

export const outgoing = (value: string | null, key: Buffer | string | null = 'k'): Outgoing => ({
  topic: 't',
  partition: 0,
  key: typeof key === 'string' ? Buffer.from(key) : key,
  value: value === null ? null : Buffer.from(value),
  timestamp: instant(1_700_000_000_000),
});

/** What a broker, a cleaner or a faulty disk makes of a batch: `change` is given its bytes before the checksum is put in. */
export const rewritten = (batch: Buffer, change: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(batch);
  change(bytes);
  bytes.writeUInt32BE(crc32c(bytes, layout.attributes, bytes.length), layout.crc);
  return bytes;
};

/** A batch as it stands in a partition from `offset` on. */
export const storedAt = (offset: number, records: readonly Outgoing[], head: BatchHead = noProducer): Buffer =>
  rewritten(new BatchEncoder(1024 * 1024).encode(records, 0, head, Infinity).bytes, (bytes) =>
    writeInt64(bytes, offset, layout.baseOffset),
  );

export const inTransactionOf = (producerId: number): BatchHead => ({
  producerId,
  producerEpoch: 0,
  baseSequence: 0,
  isTransactional: true,
});

/** The end of a producer's transaction, as its coordinator writes it. */
export const markerAt = (offset: number, producerId: number, end: 'abort' | 'commit'): Buffer => {
  const key = Buffer.from([0, 0, 0, end === 'commit' ? 1 : 0]);
  const marker = storedAt(offset, [outgoing('\0\0\0\0\0\0', key)], inTransactionOf(producerId));
  return rewritten(marker, (bytes) => bytes.writeInt16BE(attribute.control | attribute.transactional, layout.attributes));
};
