import type { Partition } from '../../../../engine/log.ts';
import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { byTopic } from '../by-topic.ts';
import { RequestWriter } from '../request-writer.ts';

/** `batches`: one or more record batches, one after the other. */
export interface ProducedPartition extends Partition {
  readonly batches: Buffer;
}

export interface ProduceRequest {
  readonly transactionalId: string | null;
  /** How long the leader may wait for its in-sync replicas. */
  readonly timeoutMs: number;
  readonly partitions: readonly ProducedPartition[];
}

/** `logAppendTime` is -1 where the topic keeps the producer's times. */
export interface ProduceAnswerPartition extends Partition {
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly logAppendTime: number;
}

export interface ProduceAnswer {
  readonly throttleMs: number;
  readonly partitions: readonly ProduceAnswerPartition[];
}

/** All in-sync replicas have it before the leader answers. */
const acksOfAll = -1;

/** Produce v3, the first with record batches of version 2 and transactions. */
export const produceApi: Api<ProduceRequest, ProduceAnswer> = {
  apiKey: 0,
  apiVersion: 3,
  apiName: 'Produce',
  encode: ({ transactionalId, timeoutMs, partitions }) => {
    let expectedBytes = 256;
    for (const { topic, batches } of partitions) expectedBytes += batches.length + topic.length + 64;
    const writer = new RequestWriter(expectedBytes);
    writer.nullableString(transactionalId).int16(acksOfAll).int32(timeoutMs);
    writer.array(byTopic(partitions), ([topic, those]) => {
      writer.string(topic).array(those, ({ partition, batches }) => writer.int32(partition).bytes(batches));
    });
    return writer.done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('Produce', answer);
    const partitions = reader.flatArray(() => {
      const topic = reader.string();
      return reader.array(() => ({
        topic,
        partition: reader.int32(),
        errorCode: reader.int16(),
        baseOffset: reader.int64(),
        logAppendTime: reader.int64(),
      }));
    });
    return { partitions, throttleMs: reader.int32() };
  },
};
