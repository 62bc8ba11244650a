import type { Partition, Position } from '../../../../engine/log.ts';
import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { byTopic } from '../by-topic.ts';
import { RequestWriter } from '../request-writer.ts';

/** All below each position goes. */
export interface DeleteRecordsRequest {
  readonly timeoutMs: number;
  readonly partitions: readonly Position[];
}

/** `lowWatermark`: the first offset kept; -1 with an error. */
export interface DeleteRecordsAnswerPartition extends Partition {
  readonly lowWatermark: number;
  readonly errorCode: number;
}

export interface DeleteRecordsAnswer {
  readonly throttleMs: number;
  readonly partitions: readonly DeleteRecordsAnswerPartition[];
}

/** DeleteRecords v1, to the leader of the partitions. */
export const deleteRecordsApi: Api<DeleteRecordsRequest, DeleteRecordsAnswer> = {
  apiKey: 21,
  apiVersion: 1,
  apiName: 'DeleteRecords',
  encode: ({ timeoutMs, partitions }) => {
    const writer = new RequestWriter();
    writer.array(byTopic(partitions), ([topic, those]) => {
      writer.string(topic).array(those, ({ partition, offset }) => writer.int32(partition).int64(offset));
    });
    return writer.int32(timeoutMs).done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('DeleteRecords', answer);
    const throttleMs = reader.int32();
    const partitions = reader.flatArray(() => {
      const topic = reader.string();
      return reader.array(() => ({ topic, partition: reader.int32(), lowWatermark: reader.int64(), errorCode: reader.int16() }));
    });
    return { throttleMs, partitions };
  },
};
