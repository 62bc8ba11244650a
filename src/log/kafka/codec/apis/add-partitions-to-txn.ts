import type { Partition } from '../../../../engine/log.ts';
import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { byTopic } from '../by-topic.ts';
import { RequestWriter } from '../request-writer.ts';

export interface AddPartitionsToTxnRequest {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: readonly Partition[];
}

export interface AddPartitionsToTxnAnswerPartition extends Partition {
  readonly errorCode: number;
}

export interface AddPartitionsToTxnAnswer {
  readonly throttleMs: number;
  readonly partitions: readonly AddPartitionsToTxnAnswerPartition[];
}

/** AddPartitionsToTxn v1, to the transaction's coordinator, before anything is produced to them. */
export const addPartitionsToTxnApi: Api<AddPartitionsToTxnRequest, AddPartitionsToTxnAnswer> = {
  apiKey: 24,
  apiVersion: 1,
  apiName: 'AddPartitionsToTxn',
  encode: ({ transactionalId, producerId, producerEpoch, partitions }) => {
    const writer = new RequestWriter().string(transactionalId).int64(producerId).int16(producerEpoch);
    writer.array(byTopic(partitions), ([topic, those]) => {
      writer.string(topic).array(those, ({ partition }) => writer.int32(partition));
    });
    return writer.done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('AddPartitionsToTxn', answer);
    const throttleMs = reader.int32();
    const partitions = reader.flatArray(() => {
      const topic = reader.string();
      return reader.array(() => ({ topic, partition: reader.int32(), errorCode: reader.int16() }));
    });
    return { throttleMs, partitions };
  },
};
