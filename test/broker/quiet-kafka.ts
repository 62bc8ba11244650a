import type { KafkaConfig } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';

/** kafkajs's public client, for what tests do beside the log under test: topics, settings, transactions of others. It logs nothing. */
export const quietKafka = (brokers: readonly string[], more: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({
    brokers: [...brokers],
    clientId: 'amends-tests',
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 30, maxRetryTime: 300, retries: 30 },
    ...more,
  });
