import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { RequestWriter } from '../request-writer.ts';

/** `replicas` null: as many as the brokers' default. */
export interface CreateTopicsRequest {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: number;
    readonly replicas: number | null;
    readonly configs: Readonly<Record<string, string>>;
  }[];
  readonly timeoutMs: number;
  /** Only say whether it could be done. */
  readonly isTrial: boolean;
}

export interface CreateTopicsAnswer {
  readonly throttleMs: number;
  readonly topics: readonly { readonly name: string; readonly errorCode: number; readonly errorMessage: string | null }[];
}

/** CreateTopics v4, the first that leaves the number of replicas to the brokers. To the controller; each topic by itself. */
export const createTopicsApi: Api<CreateTopicsRequest, CreateTopicsAnswer> = {
  apiKey: 19,
  apiVersion: 4,
  apiName: 'CreateTopics',
  encode: ({ topics, timeoutMs, isTrial }) => {
    const writer = new RequestWriter(4096);
    writer.array(topics, ({ name, partitions, replicas, configs }) => {
      writer
        .string(name)
        .int32(partitions)
        .int16(replicas ?? -1);
      const replicasByPartition: readonly never[] = [];
      writer.array(replicasByPartition, () => {});
      writer.array(Object.entries(configs), ([setting, value]) => writer.string(setting).nullableString(value));
    });
    return writer.int32(timeoutMs).bool(isTrial).done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('CreateTopics', answer);
    const throttleMs = reader.int32();
    const topics = reader.array(() => ({ name: reader.string(), errorCode: reader.int16(), errorMessage: reader.nullableString() }));
    return { throttleMs, topics };
  },
};
