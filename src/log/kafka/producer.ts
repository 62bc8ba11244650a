import type { Outgoing, Partition } from '../../engine/log.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock, Instant } from '../../values/time.ts';
import { instant } from '../../values/time.ts';
import { Refused } from '../shared/refused.ts';
import type { Cluster, Lane } from './cluster.ts';
import { produceApi } from './codec/apis/produce.ts';
import type { BatchHead } from './codec/batch-encoder.ts';
import { BatchEncoder, nextSequence, noProducer } from './codec/batch-encoder.ts';
import { errorOf } from './codec/error-codes.ts';
import { ConnectionLost } from './connection-lost.ts';
import { RefusedByBroker, refusedFor } from './refused-for.ts';

/** No batch is larger: below what a broker takes by default (`message.max.bytes`, 1,048,588). A larger record goes alone. */
const batchBytes = 1_000_000;
/** What the bytes of a commit and of an append take at first; both grow. */
const transactionBytes = 1024 * 1024;
const appendBytes = 8 * 1024;
/** Before a batch that was refused goes again. */
const pauseMs = 50;

/** The records of one partition on their way, in order. `topic` is as the broker calls it. */
export interface Produced extends Partition {
  readonly records: readonly Outgoing[];
}

/** Where the records of a partition went: offset and append time of each, from the first. */
export interface Written extends Partition {
  /** Where each of them stands. */
  readonly offsets: readonly number[];
  /** As the broker stamped them; undefined where the topic keeps the records' own times. */
  readonly appendedAt: Instant | undefined;
}

export interface ProducerId {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly transactionalId: string;
}

interface Sending extends Produced {
  /** The first record that is not written yet. */
  from: number;
  readonly offsets: number[];
  appendedAt: Instant | undefined;
  /** Why its last batch was not taken. */
  refused: Error | undefined;
}

/** Writes batches to the leaders of their partitions, under a producer's id or under none. */
export class Producer {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #lane: Lane;
  readonly #timeoutMs: number;
  readonly #as: ProducerId | undefined;
  readonly #encoder: BatchEncoder;
  /** By partition: the broker wants each batch numbered from where the last one ended. */
  readonly #sequences = new Map<string, number>();

  constructor(of: {
    readonly cluster: Cluster;
    readonly clock: Clock;
    readonly lane: Lane;
    readonly timeoutMs: number;
    readonly as?: ProducerId;
  }) {
    this.#cluster = of.cluster;
    this.#clock = of.clock;
    this.#lane = of.lane;
    this.#timeoutMs = of.timeoutMs;
    this.#as = of.as;
    // One that writes transactions is used again and again; without an id it is there for a few records, once.
    this.#encoder = new BatchEncoder(of.as ? transactionBytes : appendBytes);
  }

  /**
   * Writes all of it: in rounds, a batch a partition, since a request takes no more; a batch that is refused because its
   * partition moves goes again. Throws Refused (also where one of several partitions was refused), AMENDS_TOPIC_MISSING,
   * ConnectionLost. Whatever it throws, some of it may have been written.
   */
  async write(produced: readonly Produced[]): Promise<readonly Written[]> {
    const all = produced.map((each): Sending => ({ ...each, from: 0, offsets: [], appendedAt: undefined, refused: undefined }));
    const untilMs = this.#clock.now() + this.#timeoutMs;
    for (let round = all; round.length > 0; round = round.filter(({ from, records }) => from < records.length)) {
      const refused = round.find((each) => each.refused)?.refused;
      if (refused) {
        if (this.#clock.now() >= untilMs) throw refused;
        await this.#clock.wait(pauseMs);
      }
      const byLeader = Map.groupBy(
        (await Promise.all(round.map((sending) => this.#led(sending)))).flatMap((each) => each ?? []),
        ({ leader }) => leader,
      );
      this.#encoder.reset();
      // All of them are waited for: what is still on its way must not come after what follows a failure.
      const sent = await Promise.allSettled(
        [...byLeader].map(([leader, group]) =>
          this.#send(
            leader,
            group.map(({ sending }) => sending),
          ),
        ),
      );
      for (const each of sent) if (each.status === 'rejected') throw each.reason;
    }
    return all;
  }

  /** Undefined while nobody leads the partition: it waits for the next round. */
  async #led(sending: Sending): Promise<{ readonly sending: Sending; readonly leader: number } | undefined> {
    try {
      return { sending, leader: await this.#cluster.leaderOf(sending) };
    } catch (error) {
      if (!(error instanceof RefusedByBroker) || error.kind !== 'refresh') throw error;
      sending.refused = error;
      return undefined;
    }
  }

  async #send(leader: number, group: readonly Sending[]): Promise<void> {
    const untils = new Map<string, number>();
    const partitions = group.map((each) => {
      const { topic, partition, records, from } = each;
      const { bytes, until } = this.#encoder.encode(records, from, this.#head(each), batchBytes);
      untils.set(partitionName(each), until);
      return { topic, partition, batches: bytes };
    });
    let answer: ReturnType<typeof produceApi.decode>;
    try {
      answer = await this.#cluster.send(leader, this.#lane, produceApi, {
        transactionalId: this.#as?.transactionalId ?? null,
        timeoutMs: this.#timeoutMs,
        partitions,
      });
    } catch (error) {
      if (error instanceof ConnectionLost) this.#cluster.forgetNode(leader);
      throw error;
    }
    const told = new Map(answer.partitions.map((each) => [partitionName(each), each]));
    for (const each of group) {
      const name = partitionName(each);
      const one = told.get(name);
      if (!one) throw new Refused('transient', `${name}: not in the answer`);
      if (one.errorCode !== 0) {
        const { kind } = errorOf(one.errorCode);
        if (kind === 'refresh' || kind === 'missing') this.#cluster.forget(each.topic);
        each.refused = refusedFor(one.errorCode, name);
        if (kind !== 'refresh' && kind !== 'retriable') throw each.refused;
        continue;
      }
      each.refused = undefined;
      const until = untils.get(name) ?? each.from;
      for (let index = each.from; index < until; index += 1) each.offsets.push(one.baseOffset + index - each.from);
      if (one.logAppendTime >= 0) each.appendedAt = instant(one.logAppendTime);
      if (this.#as) this.#sequences.set(name, nextSequence(this.#sequences.get(name) ?? 0, until - each.from));
      each.from = until;
    }
  }

  #head(partition: Partition): BatchHead {
    if (!this.#as) return noProducer;
    const { producerId, producerEpoch } = this.#as;
    return { producerId, producerEpoch, baseSequence: this.#sequences.get(partitionName(partition)) ?? 0, isTransactional: true };
  }
}

/** The records of each partition, partitions in the order of their first records. */
export const byPartition = (records: readonly Outgoing[], toBroker: (topic: string) => string): readonly Produced[] => {
  const all: (Partition & { readonly records: Outgoing[] })[] = [];
  const known = new Map<string, Map<number, Outgoing[]>>();
  let last: { readonly topic: string; readonly partition: number; readonly records: Outgoing[] } | undefined;
  for (const record of records) {
    if (last?.partition !== record.partition || last.topic !== record.topic) {
      let partitions = known.get(record.topic);
      if (!partitions) known.set(record.topic, (partitions = new Map()));
      let of = partitions.get(record.partition);
      if (!of) {
        partitions.set(record.partition, (of = []));
        all.push({ topic: toBroker(record.topic), partition: record.partition, records: of });
      }
      last = { topic: record.topic, partition: record.partition, records: of };
    }
    last.records.push(record);
  }
  return all;
};
