/** A topic as the broker keeps it: the settings by Kafka's own names, such as `retention.ms`. */
export interface TopicKept {
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

/** Tells of those of the topics that are there, under the names asked for. */
export type DescribeTopics = (names: readonly string[]) => Promise<ReadonlyMap<string, TopicKept>>;
