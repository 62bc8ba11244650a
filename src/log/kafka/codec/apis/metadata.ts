import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { RequestWriter } from '../request-writer.ts';

/** `topics` null: all there are. */
export interface MetadataRequest {
  readonly topics: readonly string[] | null;
}

export interface BrokerMetadata {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** `leaderId` is -1 while nobody leads. */
export interface PartitionMetadata {
  readonly errorCode: number;
  readonly partition: number;
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offline: readonly number[];
}

/** `topicId`: a UUID that changes when a topic is deleted and created again. */
export interface TopicMetadata {
  readonly errorCode: number;
  readonly name: string;
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface MetadataAnswer {
  readonly throttleMs: number;
  readonly brokers: readonly BrokerMetadata[];
  readonly clusterId: string | null;
  readonly controllerId: number;
  readonly topics: readonly TopicMetadata[];
}

/** Topics are asked for by name. */
const noTopicId = '00000000-0000-0000-0000-000000000000';

/** Metadata v10, the first with topic ids; errors are told a topic and a partition. Topics are never created by asking. */
export const metadataApi: Api<MetadataRequest, MetadataAnswer> = {
  apiKey: 3,
  apiVersion: 10,
  apiName: 'Metadata',
  encode: ({ topics }) => {
    const writer = new RequestWriter();
    writer.noTags();
    writer.compactArray(topics, (name) => writer.uuid(noTopicId).compactString(name).noTags());
    const allowAutoTopicCreation = false;
    const includeClusterAuthorizedOperations = false;
    const includeTopicAuthorizedOperations = false;
    writer.bool(allowAutoTopicCreation).bool(includeClusterAuthorizedOperations).bool(includeTopicAuthorizedOperations);
    return writer.noTags().done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('Metadata', answer);
    reader.skipTags();
    const throttleMs = reader.int32();
    const brokers = reader.compactArray(() => {
      const broker = { nodeId: reader.int32(), host: reader.compactString(), port: reader.int32(), rack: reader.compactNullableString() };
      reader.skipTags();
      return broker;
    });
    const clusterId = reader.compactNullableString();
    const controllerId = reader.int32();
    const topics = reader.compactArray(() => topicOf(reader));
    return { throttleMs, brokers, clusterId, controllerId, topics };
  },
};

const topicOf = (reader: AnswerReader): TopicMetadata => {
  const topic = {
    errorCode: reader.int16(),
    name: reader.compactString(),
    topicId: reader.uuid(),
    isInternal: reader.bool(),
    partitions: reader.compactArray(() => partitionOf(reader)),
  };
  const _authorizedOperations = reader.int32();
  reader.skipTags();
  return topic;
};

const partitionOf = (reader: AnswerReader): PartitionMetadata => {
  const nodes = (): readonly number[] => reader.compactArray(() => reader.int32());
  const partition = {
    errorCode: reader.int16(),
    partition: reader.int32(),
    leaderId: reader.int32(),
    leaderEpoch: reader.int32(),
    replicas: nodes(),
    isr: nodes(),
    offline: nodes(),
  };
  reader.skipTags();
  return partition;
};
