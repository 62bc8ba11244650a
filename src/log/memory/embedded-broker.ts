import type { FaultHook, LogRecord, Outgoing, Position } from '../../engine/log.ts';
import type { Clock } from '../../values/time.ts';
import { Client } from '../shared/client.ts';
import { EmbeddedLog } from './embedded-log.ts';
import { Group } from './group.ts';
import type { TopicSettings } from './topic-log.ts';
import { TopicLogs } from './topic-log.ts';
import { Transactions } from './transactions.ts';

/** A transaction held open by hand, for tests: the port's transactions are values that nobody can hold open. */
export interface OpenTransaction {
  append(records: readonly Outgoing[]): void;
  commit(): void;
  abort(): void;
}

/** A broker in memory: topics, transactions and groups, shared by the processes connected to it. */
export class EmbeddedBroker {
  readonly #clock: Clock;
  readonly #sessionTimeoutMs: number;
  readonly #topics = new TopicLogs();
  readonly #transactions: Transactions;
  readonly #groups = new Map<string, Group>();
  #opened = 0;

  /** Defaults: a member is given up after 6 s without a heartbeat, a transaction aborted after 10 s. */
  constructor({
    clock,
    sessionTimeoutMs = 6_000,
    transactionTimeoutMs = 10_000,
  }: {
    readonly clock: Clock;
    readonly sessionTimeoutMs?: number;
    readonly transactionTimeoutMs?: number;
  }) {
    this.#clock = clock;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#transactions = new Transactions(clock, this.#topics, transactionTimeoutMs);
  }

  /** A process's handle. `name` is its own in groups and, for what isn't done under a transactional id, in `faults`. */
  connect({ name, faults }: { readonly name: string; readonly faults?: FaultHook }): EmbeddedLog {
    return new EmbeddedLog(new Client(name, faults), {
      clock: this.#clock,
      topics: this.#topics,
      transactions: this.#transactions,
      sessionTimeoutMs: this.#sessionTimeoutMs,
      group: (group) => this.#group(group),
    });
  }

  /** Throws where there is one of that name. */
  createTopic(name: string, settings: TopicSettings): void {
    this.#topics.create(name, settings);
  }

  /** Throws AMENDS_TOPIC_MISSING. Created again it is another topic, with another id. */
  deleteTopic(name: string): void {
    this.#topics.delete(name);
  }

  /** Up to `partitions` in all. Throws AMENDS_TOPIC_MISSING. */
  addPartitions(name: string, partitions: number): void {
    this.#topics.get(name).growTo(partitions);
  }

  has(topic: string): boolean {
    return this.#topics.find(topic) !== undefined;
  }

  topics(): readonly string[] {
    return this.#topics.names();
  }

  /** All committed records that are kept, by partition and offset. Throws AMENDS_TOPIC_MISSING. */
  records(topic: string, partition?: number): readonly LogRecord[] {
    this.#transactions.expire();
    const partitions = partition === undefined ? this.#topics.get(topic).partitions : [this.#topics.getPartition({ topic, partition })];
    return partitions.flatMap((log) => log.read(log.first, Infinity).records);
  }

  /** Forgets what is before these positions, as far as it is decided. Throws AMENDS_TOPIC_MISSING. */
  trim(before: readonly Position[]): void {
    this.#transactions.expire();
    for (const position of before) this.#topics.getPartition(position).trim(position.offset);
  }

  /** Compacts at once what otherwise is compacted as records come. Throws AMENDS_TOPIC_MISSING. */
  compact(topic: string): void {
    this.#transactions.expire();
    for (const log of this.#topics.get(topic).partitions) log.compact(this.#clock.now());
  }

  /** Begins a transaction that stays open until it is ended, or its time has run out: from then on it is fenced. */
  openTransaction(transactionalId = `open-${(this.#opened += 1)}`): OpenTransaction {
    const transactions = this.#transactions;
    const epoch = transactions.initialise(transactionalId);
    return {
      append: (records) => {
        transactions.add(transactionalId, epoch, records);
        for (const record of records) transactions.append(transactionalId, epoch, record, [record]);
      },
      commit: () => transactions.end(transactionalId, epoch, true),
      abort: () => transactions.end(transactionalId, epoch, false),
    };
  }

  /** What a group last committed for lag tools. */
  committedOffsets(group: string): readonly Position[] {
    return this.#group(group).offsets;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, (group = new Group(this.#clock, this.#sessionTimeoutMs)));
    return group;
  }
}
