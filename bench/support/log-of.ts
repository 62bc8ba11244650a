import { KafkaLog } from '../../src/log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../../src/log/kafka/settings.ts';
import { realClock } from '../../src/values/clock.ts';

/** How an application whose topics, group and transactional ids all begin with `prefix` reaches `brokers` (`host:port`, commas between). */
const settingsOf = (brokers: string, prefix: string): KafkaSettings => ({
  brokers: brokers.split(','),
  clientId: `${prefix}bench`,
  clock: realClock,
  topicNames: { toBroker: (topic) => `${prefix}${topic}`, fromBroker: (name) => name.slice(prefix.length) },
  idPrefix: prefix,
});

/** The log that a script is told of on its command line. */
export const logOf = (brokers: string, prefix: string): KafkaLog => new KafkaLog(settingsOf(brokers, prefix));
