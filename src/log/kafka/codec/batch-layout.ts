/**
 * Where the fields of a record batch of version 2 begin, in bytes from its start (Kafka's DefaultRecordBatch):
 * the batch's length counts what follows that field, its CRC what follows the CRC.
 */
export const layout = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const;

/** Base offset and length: what the length doesn't count. */
export const lengthOverheadBytes = 12;

/** Bits of a batch's attributes; the lowest three name the compression. */
export const attribute = { compression: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

export const currentMagic = 2;
