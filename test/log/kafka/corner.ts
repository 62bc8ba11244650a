import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import type { Log, Outgoing, Writer } from '../../../src/engine/log.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../../../src/log/kafka/settings.ts';
import { realClock } from '../../../src/values/clock.ts';
import { Proxy } from '../../broker/proxy.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { transactionState } from '../../broker/wire.ts';
import { onwards } from '../../conformance/harness.ts';

/** Settings of a topic, as Kafka calls them. */
type TopicConfig = Readonly<Record<string, string | number>>;

interface CornerTopic {
  readonly partitions?: number;
  readonly config?: TopicConfig;
}

/** A corner of a broker that others use too: topics, groups and ids of one suite, under a name of its own; and logs, closed with it. */
export class Corner {
  readonly brokers: readonly string[];
  readonly prefix = `flaws-${randomUUID().slice(0, 8)}-`;
  readonly kafka: Kafka;
  readonly admin: Admin;
  /** Which this broker allows; what is made for tests allows short ones. */
  sessionTimeoutMs = 2_000;
  readonly #replicas: number;
  readonly #topics = new Set<string>();
  readonly #logs: KafkaLog[] = [];
  readonly #proxies: Proxy[] = [];
  #count = 0;

  private constructor(brokers: readonly string[], replicas: number) {
    this.brokers = brokers;
    this.#replicas = replicas;
    this.kafka = quietKafka(brokers);
    this.admin = this.kafka.admin();
  }

  static async open(brokers: readonly string[], { replicas = 1 }: { readonly replicas?: number } = {}): Promise<Corner> {
    const corner = new Corner(brokers, replicas);
    await corner.admin.connect();
    const { controller, brokers: nodes } = await corner.admin.describeCluster();
    const { resources } = await corner.admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        {
          type: ConfigResourceTypes.BROKER,
          name: String(nodes.find(({ nodeId }) => nodeId === controller)?.nodeId ?? nodes[0]?.nodeId),
          configNames: ['group.min.session.timeout.ms'],
        },
      ],
    });
    corner.sessionTimeoutMs = Math.max(2_000, Number(resources[0]?.configEntries[0]?.configValue));
    return corner;
  }

  /** A name that nobody else has. */
  name(of: string): string {
    this.#count += 1;
    return `${this.prefix}${of}-${this.#count}`;
  }

  /** Creates a topic; gives its name. */
  async topic(of: string, settings: CornerTopic = {}): Promise<string> {
    const topic = this.name(of);
    await this.#create(topic, settings);
    return topic;
  }

  async recreate(topic: string, settings: CornerTopic = {}): Promise<void> {
    await this.admin.deleteTopics({ topics: [topic] });
    // A broker hears of it later than the controller, and until then takes records for the topic that is to go.
    await waitUntil(`${topic} is gone`, async () => !(await this.admin.listTopics()).includes(topic));
    await this.#create(topic, settings);
  }

  connect(more: Partial<KafkaSettings> = {}): KafkaLog {
    const log = new KafkaLog({
      brokers: this.brokers,
      clientId: this.name('process'),
      clock: realClock,
      sessionTimeoutMs: this.sessionTimeoutMs,
      // No test may pass because the broker gave up waiting.
      transactionTimeoutMs: 60_000,
      ...more,
    });
    this.#logs.push(log);
    return log;
  }

  /** A proxy of its own before all brokers. */
  async proxy(): Promise<Proxy> {
    const proxy = await Proxy.before(this.brokers);
    this.#proxies.push(proxy);
    return proxy;
  }

  /** Resolves once the last transaction of the id has its markers: what readers may see has moved by then. */
  async untilEnded(transactionalId: string): Promise<void> {
    await waitUntil(`markers of ${transactionalId}`, async () => {
      const state = await transactionState(this.brokers[0] ?? '', transactionalId);
      return state !== 'Ongoing' && !state.startsWith('Prepare');
    });
  }

  async close(): Promise<void> {
    for (const proxy of this.#proxies) proxy.resume();
    await Promise.all(this.#logs.map((log) => log.close()));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await this.admin.deleteTopics({ topics: [...this.#topics] });
    await this.admin.disconnect();
  }

  async #create(topic: string, { partitions = 1, config = {} }: CornerTopic): Promise<void> {
    this.#topics.add(topic);
    const entries = { 'message.timestamp.type': 'LogAppendTime', 'retention.ms': -1, ...config };
    const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value: String(value) }));
    await this.admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic, numPartitions: partitions, replicationFactor: this.#replicas, configEntries }],
    });
    await waitUntil(`${topic} has ${partitions} partitions`, async () => {
      const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.filter(({ leader }) => leader >= 0).length === partitions;
    });
  }
}

/** Does what may fail for a while, until it succeeds. Whether it was done though it failed is its own affair. */
export const atLast = async <T>(what: string, work: () => Promise<T>, forMs = 40_000): Promise<T> => {
  const done: T[] = [];
  await waitUntil(
    what,
    async () => {
      done.push(await work());
      return true;
    },
    forMs,
  );
  const [first] = done;
  if (done.length === 0) throw new Error(what);
  return first as T;
};

/** As the engine does it: takes the id over, and commits unless `isThere` says that the last attempt was made after all. */
export const commitOnce = async (
  log: Log,
  transactionalId: string,
  records: readonly Outgoing[],
  isThere: () => Promise<boolean>,
): Promise<readonly string[]> => {
  const outcomes: string[] = [];
  await waitUntil(
    `${transactionalId} has committed`,
    async () => {
      const writer: Writer = await log.write(transactionalId, onwards);
      if (outcomes.length > 0 && (await isThere())) return true;
      const { outcome } = await writer.commit(records);
      outcomes.push(outcome);
      return outcome === 'committed';
    },
    60_000,
  );
  return outcomes;
};
