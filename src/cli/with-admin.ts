import type { Configuration } from '../config.ts';
import { readConfiguration } from '../config.ts';
import { KafkaAdmin } from '../log/kafka/admin.ts';
import type { KafkaSettings } from '../log/kafka/settings.ts';
import { realClock } from '../values/clock.ts';
import { kafkaSettings } from './kafka-settings.ts';
import type { Terminal } from './terminal.ts';
import type { Shell } from './topics/mending.ts';

/** What a verb works with that looks after the brokers. */
export interface OnAdmin {
  readonly admin: KafkaAdmin;
  readonly configuration: Configuration;
  readonly settings: KafkaSettings;
}

/** How Kafka's own tools reach the brokers of the settings. */
export const shellOf = ({ brokers, tls, sasl, topicNames }: KafkaSettings): Shell => ({
  brokers,
  isSecured: tls !== undefined || sasl !== undefined,
  toBroker: (topic) => topicNames?.toBroker(topic) ?? topic,
});

/**
 * Gives `work` the administration of the brokers that the environment names, and lets go of it afterwards; says what is unwise
 * in the settings. Throws AMENDS_CONFIGURATION, AMENDS_BROKER_UNREACHABLE, AMENDS_BROKER_DENIED.
 */
export const withAdmin = async <T>(terminal: Terminal, work: (on: OnAdmin) => Promise<T>): Promise<T> => {
  const configuration = readConfiguration(terminal.environment);
  for (const warning of configuration.warnings) terminal.error(`${warning}\n`);
  const settings = kafkaSettings(configuration, realClock);
  const admin = await KafkaAdmin.open(settings);
  try {
    return await work({ admin, configuration, settings });
  } finally {
    admin.close();
  }
};
