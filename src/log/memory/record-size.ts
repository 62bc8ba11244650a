import type { Outgoing } from '../../engine/log.ts';

/** What a record brings to a batch besides key, value and headers: at most 21 bytes (MAX_RECORD_OVERHEAD in Kafka's DefaultRecord). */
const recordOverheadBytes = 21;

/** The head of a record batch of version 2 (RECORD_BATCH_OVERHEAD in Kafka's DefaultRecordBatch). */
const batchOverheadBytes = 61;

/** Bytes of a record by the lengths of its key and value (negative: null) and its headers. */
export const bytesOf = (keyLength: number, valueLength: number, headers: ReadonlyMap<string, Buffer> | undefined): number => {
  let bytes = recordOverheadBytes + Math.max(0, keyLength) + Math.max(0, valueLength);
  if (headers) for (const [name, value] of headers) bytes += Buffer.byteLength(name) + value.length;
  return bytes;
};

/** What a topic's `maxMessageBytes` is held against: a batch of this record alone, in bytes. */
export const batchBytesOf = ({ key, value, headers }: Pick<Outgoing, 'key' | 'value' | 'headers'>): number =>
  batchOverheadBytes + bytesOf(key?.length ?? -1, value?.length ?? -1, headers);
