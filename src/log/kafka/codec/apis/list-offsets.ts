import type { Partition } from '../../../../engine/log.ts';
import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { byTopic } from '../by-topic.ts';
import { RequestWriter } from '../request-writer.ts';

export interface ListedPartition extends Partition {
  readonly at: 'earliest' | 'latest';
}

/** With `isCommittedOnly` the latest is the last stable offset, else the high watermark. */
export interface ListOffsetsRequest {
  readonly isCommittedOnly: boolean;
  readonly partitions: readonly ListedPartition[];
}

export interface ListOffsetsAnswerPartition extends Partition {
  readonly errorCode: number;
  readonly timestamp: number;
  readonly offset: number;
}

export interface ListOffsetsAnswer {
  readonly throttleMs: number;
  readonly partitions: readonly ListOffsetsAnswerPartition[];
}

const noReplica = -1;
/** What stands in the place of a time. */
const timeOf = { latest: -1, earliest: -2 } as const;

/** ListOffsets v2, the first with an isolation level. */
export const listOffsetsApi: Api<ListOffsetsRequest, ListOffsetsAnswer> = {
  apiKey: 2,
  apiVersion: 2,
  apiName: 'ListOffsets',
  encode: ({ isCommittedOnly, partitions }) => {
    const writer = new RequestWriter(64 + partitions.length * 32);
    writer.int32(noReplica).int8(isCommittedOnly ? 1 : 0);
    writer.array(byTopic(partitions), ([topic, those]) => {
      writer.string(topic).array(those, ({ partition, at }) => writer.int32(partition).int64(timeOf[at]));
    });
    return writer.done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('ListOffsets', answer);
    const throttleMs = reader.int32();
    const partitions = reader.flatArray(() => {
      const topic = reader.string();
      return reader.array(() => ({
        topic,
        partition: reader.int32(),
        errorCode: reader.int16(),
        timestamp: reader.int64(),
        offset: reader.int64(),
      }));
    });
    return { throttleMs, partitions };
  },
};
