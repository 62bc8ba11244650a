import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import type { AbortedTransaction } from '../record-set.ts';
import { RequestWriter } from '../request-writer.ts';

/** A topic by its id (a UUID, from its metadata): one that was deleted and created again is another, and is refused. */
export interface FetchPartition {
  readonly topicId: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly maxBytes: number;
}

/** Partitions that come first are served first: rotate them, or large ones starve the others. */
export interface FetchRequest {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly partitions: readonly FetchPartition[];
}

export interface FetchedPartition {
  readonly topicId: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly abortedTransactions: readonly AbortedTransaction[];
  /** A piece of the answer; a RecordSet reads it. */
  readonly recordSet: Buffer;
}

/** `errorCode` is of the whole request; each partition has its own too. */
export interface FetchAnswer {
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

const noReplica = -1;
const readCommitted = 1;
/** Each request stands alone: no session that the broker keeps between them (FetchMetadata.FINAL_EPOCH). */
const noSession = { id: 0, epoch: -1 } as const;
const unknownEpoch = -1;
const noOffset = -1;

/** Fetch v13, of committed records, the first by topic id; it also brings the first offset, the stable one and the high watermark. */
export const fetchApi: Api<FetchRequest, FetchAnswer> = {
  apiKey: 1,
  apiVersion: 13,
  apiName: 'Fetch',
  encode: ({ maxWaitMs, minBytes, maxBytes, partitions }) => {
    const writer = new RequestWriter(64 + partitions.length * 56).noTags();
    writer.int32(noReplica).int32(maxWaitMs).int32(minBytes).int32(maxBytes).int8(readCommitted);
    writer.int32(noSession.id).int32(noSession.epoch);
    writer.compactArray([...Map.groupBy(partitions, ({ topicId }) => topicId)], ([topicId, those]) => {
      writer.uuid(topicId).compactArray(those, ({ partition, fetchOffset, maxBytes: partitionMaxBytes }) => {
        writer.int32(partition).int32(unknownEpoch).int64(fetchOffset).int32(unknownEpoch).int64(noOffset);
        writer.int32(partitionMaxBytes).noTags();
      });
      writer.noTags();
    });
    const forgotten: readonly never[] = [];
    // Without a rack the broker never sends us to a follower, which may know less than its leader.
    const rack = '';
    return writer
      .compactArray(forgotten, () => undefined)
      .compactString(rack)
      .noTags()
      .done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('Fetch', answer);
    reader.skipTags();
    const throttleMs = reader.int32();
    const errorCode = reader.int16();
    const _session = reader.int32();
    const partitions: FetchedPartition[] = [];
    reader.compactArray(() => {
      const topicId = reader.uuid();
      reader.compactArray(() => partitions.push(partitionOf(reader, topicId)));
      reader.skipTags();
    });
    return { throttleMs, errorCode, partitions };
  },
};

const partitionOf = (reader: AnswerReader, topicId: string): FetchedPartition => {
  const head = {
    topicId,
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: reader.int64(),
    lastStableOffset: reader.int64(),
    logStartOffset: reader.int64(),
    abortedTransactions: reader.compactArray(() => abortedOf(reader)),
  };
  const _preferredReplica = reader.int32();
  const recordSet = reader.compactBytes();
  reader.skipTags();
  return { ...head, recordSet };
};

const abortedOf = (reader: AnswerReader): AbortedTransaction => {
  const aborted = { producerId: reader.int64(), firstOffset: reader.int64() };
  reader.skipTags();
  return aborted;
};
