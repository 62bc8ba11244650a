import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Admin, ITopicConfig, Kafka } from 'kafkajs';
import { ConfigResourceTypes } from 'kafkajs';
import type { FaultHook, Log } from '../../src/engine/log.ts';
import { KafkaLog } from '../../src/log/kafka/kafka-log.ts';
import { realClock } from '../../src/values/clock.ts';
import { quietKafka } from '../broker/quiet-kafka.ts';
import { waitUntil } from '../broker/wait-until.ts';
import type { Harness, HarnessTopic } from './harness.ts';
import { readAll } from './harness.ts';
import { openTransaction } from './open-transaction.ts';
import { underAPrefix } from './under-a-prefix.ts';

/** A way to the broker beside the log under test, and how quick this broker can be; shared by the tests of a suite. */
export interface Backdoor {
  readonly brokers: readonly string[];
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly sessionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
}

/** Opens it; `admin.disconnect()` closes it. */
export const openBackdoor = async (brokers: readonly string[]): Promise<Backdoor> => {
  const kafka = quietKafka(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const { controller } = await admin.describeCluster();
  const setting = 'group.min.session.timeout.ms';
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.BROKER, name: String(controller), configNames: [setting] }],
  });
  const leastSessionMs = Number(resources[0]?.configEntries[0]?.configValue);
  // One that isn't made for tests also sweeps open transactions only every 10 s.
  const timeouts =
    leastSessionMs <= 2_000
      ? { sessionTimeoutMs: 2_000, transactionTimeoutMs: 2_000 }
      : { sessionTimeoutMs: 6_000, transactionTimeoutMs: 10_000 };
  return { brokers, kafka, admin, ...timeouts };
};

const topicConfig = (
  topic: string,
  { partitions = 1, compacted = false, timestamps = 'append', maxMessageBytes }: HarnessTopic,
): ITopicConfig => {
  const entries = {
    'message.timestamp.type': timestamps === 'append' ? 'LogAppendTime' : 'CreateTime',
    'retention.ms': -1,
    ...(maxMessageBytes !== undefined && { 'max.message.bytes': maxMessageBytes }),
    // Whatever is appended a millisecond after the first record of a segment begins another, so all before it can be compacted.
    ...(compacted && { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0.01, 'segment.ms': 1 }),
  };
  const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value: String(value) }));
  return { topic, numPartitions: partitions, replicationFactor: 1, configEntries };
};

/** A fresh harness on a broker that others use too: its topics, groups and transactional ids have names of their own there. */
export const kafkaHarness = ({ brokers, kafka, admin, ...timeouts }: Backdoor): Harness => {
  const prefix = `conformance-${randomUUID().slice(0, 8)}.`;
  const toBroker = (topic: string): string => `${prefix}${topic}`;
  const closers: (() => Promise<void>)[] = [];
  const created = new Set<string>();
  let opened = 0;

  /** The controller knows first; the broker that clients ask learns of it a little later. */
  const untilPartitions = (topic: string, count: number): Promise<void> =>
    waitUntil(`${topic} has ${count} partitions`, async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [toBroker(topic)] });
      return topics[0]?.partitions.filter(({ leader }) => leader >= 0).length === count;
    });

  const create = async (topic: string, settings: HarnessTopic = {}): Promise<void> => {
    created.add(toBroker(topic));
    await admin.createTopics({ waitForLeaders: false, topics: [topicConfig(toBroker(topic), settings)] });
    await untilPartitions(topic, settings.partitions ?? 1);
  };

  const connect = (name: string, faults?: FaultHook): Promise<Log> => {
    let isCrashed = false;
    const noting: FaultHook = async (point, owner) => {
      const fault = (await faults?.(point, owner)) ?? 'none';
      isCrashed ||= fault === 'crash';
      return fault;
    };
    const topicNames = { toBroker, fromBroker: (topic: string): string => topic.slice(prefix.length) };
    const log = new KafkaLog({ brokers, clientId: name, clock: realClock, ...timeouts, topicNames, ...(faults && { faults: noting }) });
    closers.push(() => (isCrashed ? Promise.resolve() : log.close()));
    return Promise.resolve(underAPrefix(log, prefix, brokers[0] ?? ''));
  };

  return {
    ...timeouts,
    topic: async (name, settings) => {
      await create(name, settings);
      return name;
    },
    recreate: async (topic, settings) => {
      await admin.deleteTopics({ topics: [toBroker(topic)] });
      // A broker hears of it later than the controller, and until then takes records for the topic that is to go.
      await waitUntil(`${topic} is gone`, async () => !(await admin.listTopics()).includes(toBroker(topic)));
      await create(topic, settings);
    },
    addPartitions: async (topic, partitions) => {
      await admin.createPartitions({ topicPartitions: [{ topic: toBroker(topic), count: partitions }] });
      await untilPartitions(topic, partitions);
    },
    compact: async (topic) => {
      const log = await connect('compaction');
      await waitUntil(`${topic} is compacted`, async () => {
        const keys = (await readAll(log, { topic, partition: 0 })).map(({ key }) => String(key));
        return new Set(keys).size === keys.length;
      });
    },
    connect,
    open: () => {
      opened += 1;
      return openTransaction(kafka, brokers[0] ?? '', `${prefix}open-${opened}`, toBroker);
    },
    now: () => realClock.now(),
    pass: (forMs) => wait(forMs),
    close: async () => {
      await Promise.all(closers.map((close) => close()));
      if (created.size > 0) await admin.deleteTopics({ topics: [...created] });
    },
  };
};
