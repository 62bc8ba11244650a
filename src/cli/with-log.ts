import type { Configuration } from '../config.ts';
import { readConfiguration } from '../config.ts';
import type { Log } from '../engine/log.ts';
import { AmendsError } from '../happenings/errors.ts';
import { ConnectionLost } from '../log/kafka/connection-lost.ts';
import { KafkaLog } from '../log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../log/kafka/settings.ts';
import { Refused } from '../log/shared/refused.ts';
import { realClock } from '../values/clock.ts';
import type { Clock } from '../values/time.ts';
import { kafkaSettings } from './kafka-settings.ts';
import type { Terminal } from './terminal.ts';

/** What a verb works with that asks the brokers something. */
export interface OnLog {
  readonly log: Log;
  readonly clock: Clock;
  readonly configuration: Configuration;
  readonly settings: KafkaSettings;
}

/**
 * Gives `work` the log that the environment names, and lets go of it afterwards. Throws AMENDS_CONFIGURATION,
 * AMENDS_BROKER_DENIED, AMENDS_BROKER_UNREACHABLE where no broker answers: a verb doesn't wait for them to come back.
 */
export const withLog = async <T>(terminal: Terminal, work: (on: OnLog) => Promise<T>): Promise<T> => {
  const configuration = readConfiguration(terminal.environment);
  for (const warning of configuration.warnings) terminal.error(`${warning}\n`);
  const settings = kafkaSettings(configuration, realClock);
  const log = new KafkaLog(settings);
  try {
    return await work({ log, clock: realClock, configuration, settings });
  } catch (error) {
    if (error instanceof ConnectionLost || error instanceof Refused)
      throw new AmendsError('AMENDS_BROKER_UNREACHABLE', [`${configuration.brokers.join(', ')}: ${error.message}`]);
    throw error;
  } finally {
    await log.close().catch(() => {});
  }
};
