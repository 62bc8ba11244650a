import type { Outgoing } from '../../../src/engine/log.ts';
import { Cluster } from '../../../src/log/kafka/cluster.ts';
import { addPartitionsToTxnApi } from '../../../src/log/kafka/codec/apis/add-partitions-to-txn.ts';
import { endTxnApi } from '../../../src/log/kafka/codec/apis/end-txn.ts';
import { initProducerIdApi } from '../../../src/log/kafka/codec/apis/init-producer-id.ts';
import { Coordinator } from '../../../src/log/kafka/coordinator.ts';
import type { ProducerId } from '../../../src/log/kafka/producer.ts';
import { byPartition, Producer } from '../../../src/log/kafka/producer.ts';
import { refusedFor } from '../../../src/log/kafka/refused-for.ts';
import { realClock } from '../../../src/values/clock.ts';

const timeoutMs = 10_000;

/** A transaction request by request, as a writer makes none: it stays open between them. */
export class RawTransaction {
  readonly #cluster: Cluster;
  readonly #coordinator: Coordinator;
  readonly #producer: Producer;
  readonly #as: ProducerId;

  private constructor(cluster: Cluster, coordinator: Coordinator, as: ProducerId) {
    this.#cluster = cluster;
    this.#coordinator = coordinator;
    this.#as = as;
    this.#producer = new Producer({ cluster, clock: realClock, lane: 'write-0', timeoutMs, as });
  }

  /** Takes the id over. The brokers abort a transaction that nobody ends after `transactionTimeoutMs`. */
  static async open(brokers: readonly string[], transactionalId: string, transactionTimeoutMs = 60_000): Promise<RawTransaction> {
    const cluster = new Cluster({ brokers, clientId: transactionalId, clock: realClock });
    const coordinator = new Coordinator({ transactionalId, cluster, clock: realClock, lane: 'write-0', timeoutMs });
    const { producerId, producerEpoch } = await coordinator.ask(async (send) => {
      const answer = await send(initProducerIdApi, { transactionalId, transactionTimeoutMs });
      if (answer.errorCode !== 0) throw refusedFor(answer.errorCode, 'init');
      return answer;
    });
    return new RawTransaction(cluster, coordinator, { transactionalId, producerId, producerEpoch });
  }

  async append(records: readonly Outgoing[]): Promise<void> {
    const produced = byPartition(records, (topic) => topic);
    const partitions = produced.map(({ topic, partition }) => ({ topic, partition }));
    await this.#coordinator.ask(async (send) => {
      const answer = await send(addPartitionsToTxnApi, { ...this.#as, partitions });
      for (const { errorCode } of answer.partitions) if (errorCode !== 0) throw refusedFor(errorCode, 'add partitions');
    });
    await this.#producer.write(produced);
  }

  async end(isCommit: boolean): Promise<void> {
    await this.#coordinator.ask(async (send) => {
      const { errorCode } = await send(endTxnApi, { ...this.#as, isCommit });
      if (errorCode !== 0) throw refusedFor(errorCode, 'end');
    });
  }

  /** Lets go of the connections; an open transaction stays open. */
  close(): void {
    this.#cluster.close();
  }
}
