import type { Ends, Log, Membership, Outgoing, Partition, Position, Reader, TaskId, TopicDescription, Writer } from '../../engine/log.ts';
import type { Clock, Instant } from '../../values/time.ts';
import type { Client } from '../shared/client.ts';
import type { Group } from './group.ts';
import { MemoryMembership } from './memory-membership.ts';
import { MemoryReader } from './memory-reader.ts';
import { MemoryWriter } from './memory-writer.ts';
import type { TopicLogs } from './topic-log.ts';
import type { Transactions } from './transactions.ts';

/** What a process's handle sees of the broker. */
export interface BrokerSide {
  readonly clock: Clock;
  readonly topics: TopicLogs;
  readonly transactions: Transactions;
  readonly sessionTimeoutMs: number;
  group(name: string): Group;
}

/** One process's handle on an embedded broker. Requests that are refused or get no answer reject, but for a commit's. */
export class EmbeddedLog implements Log {
  readonly #client: Client;
  readonly #broker: BrokerSide;
  readonly #memberships = new Set<MemoryMembership>();

  constructor(client: Client, broker: BrokerSide) {
    this.#client = client;
    this.#broker = broker;
  }

  async join(group: string, tasks: readonly TaskId[], on: Parameters<Log['join']>[2]): Promise<Membership> {
    const { clock, sessionTimeoutMs } = this.#broker;
    const membership = await MemoryMembership.join({
      client: this.#client,
      clock,
      group: this.#broker.group(group),
      tasks,
      on,
      sessionTimeoutMs,
    });
    this.#memberships.add(membership);
    return membership;
  }

  read(): Reader {
    return new MemoryReader(this.#client, this.#broker.clock, this.#broker.topics, this.#broker.transactions);
  }

  async write(transactionalId: string, signal: AbortSignal): Promise<Writer> {
    signal.throwIfAborted();
    const { transactions } = this.#broker;
    const epoch = await this.#client.request('initialise', transactionalId, () => transactions.initialise(transactionalId));
    return new MemoryWriter(this.#client, transactions, transactionalId, epoch);
  }

  /** Throws AMENDS_TOPIC_MISSING. */
  async ends(partitions: readonly Partition[]): Promise<readonly Ends[]> {
    return this.#client.request('ends', this.#client.name, () => {
      this.#broker.transactions.expire();
      return partitions.map((partition) => this.#broker.topics.getPartition(partition).ends());
    });
  }

  /** Throws AMENDS_TOPIC_MISSING. */
  async describe(topic: string): Promise<TopicDescription> {
    await this.#client.live();
    const { id, partitions } = this.#broker.topics.get(topic);
    return { id, partitions: partitions.length };
  }

  /** Throws AMENDS_TOPIC_MISSING. What is not decided yet stays. */
  async trim(before: readonly Position[]): Promise<void> {
    await this.#client.live();
    this.#broker.transactions.expire();
    for (const position of before) this.#broker.topics.getPartition(position).trim(position.offset);
  }

  /** All of the records or none, unless the answer is lost. Throws AMENDS_TOPIC_MISSING, `Refused` where one is too large. */
  async append(records: readonly Outgoing[]): Promise<readonly { readonly position: Position; readonly appendedAt: Instant }[]> {
    return this.#client.request('produce', this.#client.name, () => this.#append(records));
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

  #append(records: readonly Outgoing[]): readonly { readonly position: Position; readonly appendedAt: Instant }[] {
    const { topics, transactions, clock } = this.#broker;
    transactions.expire();
    const now = clock.now();
    for (const record of records) {
      topics.getPartition(record);
      topics.get(record.topic).check(record);
    }
    return records.map((record) => {
      const topic = topics.get(record.topic);
      const offset = topic.append(topics.getPartition(record), [record], now);
      return { position: { topic: record.topic, partition: record.partition, offset }, appendedAt: topic.timeOf(record, now) };
    });
  }
}
