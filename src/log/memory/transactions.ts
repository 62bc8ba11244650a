import type { Outgoing, Partition } from '../../engine/log.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock, Instant } from '../../values/time.ts';
import { after } from '../../values/time.ts';
import type { PartitionLog } from './partition-log.ts';
import { Refused } from '../shared/refused.ts';
import type { TopicLogs } from './topic-log.ts';

interface Transaction {
  readonly owner: Owner;
  readonly startedAt: Instant;
  readonly partitions: Set<PartitionLog>;
}

/** Who writes under a transactional id. */
interface Owner {
  readonly id: string;
  epoch: number;
  open: Transaction | undefined;
}

/**
 * The transaction coordinator: an epoch a transactional id, and at most one open transaction. Every request but the first
 * names its epoch and is refused as fenced when that is not the last one given.
 */
export class Transactions {
  readonly #clock: Clock;
  readonly #topics: TopicLogs;
  readonly #timeoutMs: number;
  readonly #owners = new Map<string, Owner>();
  /** In the order of their starts. */
  readonly #open = new Set<Transaction>();

  constructor(clock: Clock, topics: TopicLogs, timeoutMs: number) {
    this.#clock = clock;
    this.#topics = topics;
    this.#timeoutMs = timeoutMs;
  }

  /** Aborts what the last owner left open, and gives the epoch that fences it. */
  initialise(id: string): number {
    let owner = this.#owners.get(id);
    if (!owner) {
      owner = { id, epoch: -1, open: undefined };
      this.#owners.set(id, owner);
    }
    if (owner.open) this.#settle(owner.open, false);
    owner.epoch += 1;
    return owner.epoch;
  }

  /** Begins a transaction, or takes more partitions into it. All of them or none. */
  add(id: string, epoch: number, partitions: readonly Partition[]): void {
    const owner = this.#ownerOf(id, epoch);
    const found = partitions.map((partition) => this.#partitionOf(partition));
    if (!owner.open) {
      owner.open = { owner, startedAt: this.#clock.now(), partitions: new Set() };
      this.#open.add(owner.open);
    }
    for (const partition of found) owner.open.partitions.add(partition);
  }

  /** Appends records of one partition to the open transaction; gives the offset past the last. */
  append(id: string, epoch: number, to: Partition, records: readonly Outgoing[]): number {
    const { open } = this.#ownerOf(id, epoch);
    const partition = this.#partitionOf(to);
    // A topic deleted and created since has other partitions than those that were added.
    if (!open?.partitions.has(partition)) throw new Refused('transient', `${partitionName(to)} is not part of the transaction`);
    const topic = this.#topics.get(to.topic);
    for (const record of records) topic.check(record);
    return topic.append(partition, records, this.#clock.now(), open) + records.length;
  }

  /** Ends the open transaction. Aborting where none is open is no mistake, committing is. */
  end(id: string, epoch: number, isCommitted: boolean): void {
    const { open } = this.#ownerOf(id, epoch);
    if (open) this.#settle(open, isCommitted);
    else if (isCommitted) throw new Refused('transient', `no transaction of ${id} is open`);
  }

  /** Throws `Refused` when `epoch` is not the last. */
  check(id: string, epoch: number): void {
    this.#ownerOf(id, epoch);
  }

  /** Aborts what has been open for too long, and fences who left it. To be called before the state of any partition is looked at. */
  expire(): void {
    if (this.#open.size === 0) return;
    const now = this.#clock.now();
    for (const transaction of this.#open) {
      if (now < after(transaction.startedAt, this.#timeoutMs)) return;
      transaction.owner.epoch += 1;
      this.#settle(transaction, false);
    }
  }

  #settle(transaction: Transaction, isCommitted: boolean): void {
    transaction.owner.open = undefined;
    this.#open.delete(transaction);
    const now = this.#clock.now();
    for (const partition of transaction.partitions) partition.end(transaction, isCommitted, now);
  }

  #ownerOf(id: string, epoch: number): Owner {
    this.expire();
    const owner = this.#owners.get(id);
    if (owner?.epoch !== epoch) throw new Refused('fenced', `${id} has another owner: epoch ${epoch} is not ${owner?.epoch ?? 'known'}`);
    return owner;
  }

  #partitionOf(of: Partition): PartitionLog {
    const partition = this.#topics.findPartition(of);
    if (!partition) throw new Refused('permanent', `there is no ${partitionName(of)}`);
    return partition;
  }
}
