import type { Kafka } from 'kafkajs';
import type { Outgoing } from '../../src/engine/log.ts';
import type { Harness } from './harness.ts';
import { untilMarked } from './until-marked.ts';

/** A transaction of kafkajs's public producer, as anybody's: it stays open until it is ended. `toBroker` says what a topic is called there. */
export const openTransaction = async (
  kafka: Kafka,
  broker: string,
  transactionalId: string,
  toBroker: (topic: string) => string,
): Promise<Awaited<ReturnType<Harness['open']>>> => {
  const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1, transactionTimeout: 60_000 });
  await producer.connect();
  const transaction = await producer.transaction();
  const end = async (ended: Promise<void>): Promise<void> => {
    await ended;
    await producer.disconnect();
    await untilMarked(broker, transactionalId);
  };
  return {
    append: async (records: readonly Outgoing[]) => {
      for (const { topic, partition, key, value, timestamp } of records)
        await transaction.send({ topic: toBroker(topic), messages: [{ partition, key, value, timestamp: String(timestamp) }] });
    },
    commit: () => end(transaction.commit()),
    abort: () => end(transaction.abort()),
  };
};
