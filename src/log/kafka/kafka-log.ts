import type { Ends, Log, Membership, Outgoing, Partition, Position, Reader, TaskId, TopicDescription, Writer } from '../../engine/log.ts';
import { partitionOf } from '../../values/murmur2.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock, Instant } from '../../values/time.ts';
import { Client } from '../shared/client.ts';
import { Refused } from '../shared/refused.ts';
import { Cluster } from './cluster.ts';
import { deleteRecordsApi } from './codec/apis/delete-records.ts';
import { initProducerIdApi } from './codec/apis/init-producer-id.ts';
import { listOffsetsApi } from './codec/apis/list-offsets.ts';
import { ConnectionLost } from './connection-lost.ts';
import { Coordinator } from './coordinator.ts';
import { Fetcher } from './fetcher.ts';
import { KafkaMembership } from './kafka-membership.ts';
import { KafkaReader } from './kafka-reader.ts';
import { KafkaWriter } from './kafka-writer.ts';
import { byPartition, Producer } from './producer.ts';
import { patiently } from './patiently.ts';
import { RefusedByBroker, refusedFor } from './refused-for.ts';
import type { KafkaSettings, TopicNames } from './settings.ts';

const sameNames: TopicNames = { toBroker: (topic) => topic, fromBroker: (name) => name };

/** Transactions share so many connections to a broker: on one, each would wait for the replicas of those before it. */
const writeLanes = 4;

/** One process's handle on Apache Kafka. Nothing is asked of a broker before it is needed. Requests that are refused or get no answer reject, but for a commit's. */
export class KafkaLog implements Log {
  readonly #settings: KafkaSettings;
  readonly #names: TopicNames;
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #cluster: Cluster;
  readonly #fetcher: Fetcher;
  readonly #requestTimeoutMs: number;
  readonly #memberships = new Set<KafkaMembership>();

  constructor(settings: KafkaSettings) {
    const { clientId, clock, faults, requestTimeoutMs = 10_000, topicNames = sameNames } = settings;
    this.#settings = settings;
    this.#names = topicNames;
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#client = new Client(clientId, faults);
    this.#cluster = new Cluster(settings);
    this.#fetcher = new Fetcher({
      client: this.#client,
      clock,
      cluster: this.#cluster,
      ends: async (partition) => {
        // It may be another topic by now: whom it is asked of matters, and so does its id.
        this.#cluster.forget(partition.topic);
        const [ends] = await this.#ends([partition]);
        if (!ends) throw new Refused('transient', `no ends of ${partitionName(partition)}`);
        return ends;
      },
      patienceMs: requestTimeoutMs,
    });
    this.#client.over.addEventListener('abort', () => this.#cluster.close(), { once: true });
  }

  async join(group: string, tasks: readonly TaskId[], on: Parameters<Log['join']>[2]): Promise<Membership> {
    const { sessionTimeoutMs = 6_000, idPrefix = '' } = this.#settings;
    return this.#client.call(async () => {
      const membership = await KafkaMembership.join({
        client: this.#client,
        cluster: this.#cluster,
        clock: this.#clock,
        names: this.#names,
        group: `${idPrefix}${group}`,
        tasks,
        on,
        sessionTimeoutMs,
        requestTimeoutMs: this.#requestTimeoutMs,
      });
      this.#memberships.add(membership);
      return membership;
    });
  }

  read(): Reader {
    return new KafkaReader({
      client: this.#client,
      clock: this.#clock,
      cluster: this.#cluster,
      fetcher: this.#fetcher,
      names: this.#names,
    });
  }

  async write(id: string, signal: AbortSignal): Promise<Writer> {
    signal.throwIfAborted();
    const { transactionTimeoutMs = 10_000, idPrefix = '' } = this.#settings;
    const transactionalId = `${idPrefix}${id}`;
    const lane = `write-${partitionOf(Buffer.from(transactionalId), writeLanes)}` as const;
    // A transaction that the last owner left open is aborted first, by markers that its brokers must write.
    const timeoutMs = Math.max(this.#requestTimeoutMs, transactionTimeoutMs);
    const coordinator = new Coordinator({ transactionalId, cluster: this.#cluster, clock: this.#clock, lane, timeoutMs });
    return this.#client.call(async () => {
      const { producerId, producerEpoch } = await this.#client.request('initialise', transactionalId, () =>
        coordinator.ask(async (send) => {
          const answer = await send(initProducerIdApi, { transactionalId, transactionTimeoutMs });
          if (answer.errorCode !== 0) throw refusedFor(answer.errorCode, `initialising ${transactionalId}`);
          return answer;
        }, signal),
      );
      const as = { transactionalId, producerId, producerEpoch };
      const producer = new Producer({ cluster: this.#cluster, clock: this.#clock, lane, timeoutMs: this.#requestTimeoutMs, as });
      return new KafkaWriter({ client: this.#client, clock: this.#clock, coordinator, as, producer, names: this.#names });
    });
  }

  /** Throws AMENDS_TOPIC_MISSING, Refused, ConnectionLost. */
  async ends(partitions: readonly Partition[]): Promise<readonly Ends[]> {
    const asked = partitions.map(({ topic, partition }) => ({ topic: this.#names.toBroker(topic), partition }));
    return this.#client.call(() => this.#client.request('ends', this.#client.name, () => this.#ends(asked)));
  }

  /** Throws AMENDS_TOPIC_MISSING, Refused, ConnectionLost. */
  async describe(topic: string): Promise<TopicDescription> {
    return this.#client.call(() => this.#cluster.describe(this.#names.toBroker(topic)));
  }

  /** Throws AMENDS_TOPIC_MISSING, Refused, ConnectionLost. What is not decided yet stays. */
  async trim(before: readonly Position[]): Promise<void> {
    await this.#client.call(async () => {
      const asked = before.map(({ topic, partition, offset }) => ({ topic: this.#names.toBroker(topic), partition, offset }));
      const ends = await this.#ends(asked);
      const decided = asked.flatMap((position, index) => {
        const { first = 0, stable = 0 } = ends[index] ?? {};
        const offset = Math.min(position.offset, stable);
        return offset > first ? [{ ...position, offset }] : [];
      });
      await this.#toLeaders(decided, async (leader, positions) => {
        const { partitions } = await this.#cluster.send(leader, 'data', deleteRecordsApi, {
          timeoutMs: this.#requestTimeoutMs,
          partitions: positions,
        });
        return partitions;
      });
    });
  }

  /** In order, a partition each; which of them were written when it rejects is not known. Throws AMENDS_TOPIC_MISSING, Refused, ConnectionLost. */
  async append(records: readonly Outgoing[]): Promise<readonly { readonly position: Position; readonly appendedAt: Instant }[]> {
    return this.#client.call(() =>
      this.#client.request('produce', this.#client.name, async () => {
        const producer = new Producer({ cluster: this.#cluster, clock: this.#clock, lane: 'data', timeoutMs: this.#requestTimeoutMs });
        const written = await producer.write(byPartition(records, (topic) => this.#names.toBroker(topic)));
        const places = new Map(written.map((each) => [partitionName(each), { ...each, at: 0 }]));
        return records.map(({ topic, partition, timestamp }) => {
          const place = places.get(partitionName({ topic: this.#names.toBroker(topic), partition }));
          const offset = place?.offsets[place.at] ?? -1;
          if (place) place.at += 1;
          return { position: { topic, partition, offset }, appendedAt: place?.appendedAt ?? timestamp };
        });
      }),
    );
  }

  async close(): Promise<void> {
    await this.#client.alive();
    await Promise.all([...this.#memberships].map((membership) => membership.leave()));
    this.#client.close();
  }

  /** The process is gone, as if killed: no call of it ever settles, its session runs out, what it left open stays open. */
  crash(): void {
    this.#client.crash();
  }

  /** Of partitions as the broker calls them, in the order asked. */
  async #ends(partitions: readonly Partition[]): Promise<readonly Ends[]> {
    const [first, stable, high] = await Promise.all([
      this.#offsets(partitions, 'earliest', false),
      this.#offsets(partitions, 'latest', true),
      this.#offsets(partitions, 'latest', false),
    ]);
    return partitions.map((partition) => {
      const name = partitionName(partition);
      return { first: first.get(name) ?? 0, stable: stable.get(name) ?? 0, high: high.get(name) ?? 0 };
    });
  }

  async #offsets(
    partitions: readonly Partition[],
    at: 'earliest' | 'latest',
    isCommittedOnly: boolean,
  ): Promise<ReadonlyMap<string, number>> {
    const offsets = await this.#toLeaders(partitions, async (leader, some) => {
      const asked = some.map(({ topic, partition }) => ({ topic, partition, at }));
      return (await this.#cluster.send(leader, 'data', listOffsetsApi, { isCommittedOnly, partitions: asked })).partitions;
    });
    return new Map(offsets.map((each) => [partitionName(each), each.offset]));
  }

  /** Asks each leader about its partitions, and again while partitions move. */
  async #toLeaders<P extends Partition, A extends Partition & { readonly errorCode: number }>(
    partitions: readonly P[],
    ask: (leader: number, partitions: readonly P[]) => Promise<readonly A[]>,
  ): Promise<readonly A[]> {
    const answered = new Map<string, A>();
    // A broker refuses a request that names a partition twice.
    const asked = new Map(partitions.map((partition) => [partitionName(partition), partition]));
    const once = async (): Promise<void> => {
      const left = [...asked].filter(([name]) => !answered.has(name)).map(([, partition]) => partition);
      const leaders = await Promise.all(left.map(async (partition) => ({ partition, leader: await this.#cluster.leaderOf(partition) })));
      const answers = await Promise.all(
        [...Map.groupBy(leaders, ({ leader }) => leader)].map(async ([leader, some]) => {
          try {
            return await ask(
              leader,
              some.map(({ partition }) => partition),
            );
          } catch (error) {
            if (error instanceof ConnectionLost) this.#cluster.forgetNode(leader);
            throw error;
          }
        }),
      );
      let refused: Error | undefined;
      for (const each of answers.flat()) {
        if (each.errorCode === 0) answered.set(partitionName(each), each);
        else {
          this.#cluster.forget(each.topic);
          refused = refusedFor(each.errorCode, partitionName(each));
        }
      }
      if (refused) throw refused;
      const missing = [...asked.keys()].filter((name) => !answered.has(name));
      if (missing.length > 0) throw new Refused('transient', `${missing.join(', ')}: not in the answer`);
    };
    await patiently(this.#clock, this.#requestTimeoutMs, once, isPassing);
    return partitions.flatMap((partition) => answered.get(partitionName(partition)) ?? []);
  }
}

const isPassing = (error: unknown): boolean => error instanceof RefusedByBroker && (error.kind === 'refresh' || error.kind === 'retriable');
