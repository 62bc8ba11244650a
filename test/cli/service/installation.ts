import { randomBytes } from 'node:crypto';
import { kafkaSettings } from '../../../src/cli/kafka-settings.ts';
import { partitionsOf, readToEnd } from '../../../src/cli/read-to-end.ts';
import { readConfiguration } from '../../../src/config.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { realClock } from '../../../src/values/clock.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import type { Said } from '../terminal.ts';
import { amendsIn } from '../terminal.ts';
import { RunProcess } from './a-process.ts';

/** Amends on somebody's brokers, under names of its own: verbs that are typed, processes that run, and what they order. */
export class Installation {
  readonly environment: Readonly<Record<string, string>>;
  readonly processes: RunProcess[] = [];
  readonly #brokers: readonly string[];
  readonly #prefix: string;

  constructor(brokers: readonly string[], more: Readonly<Record<string, string>> = {}) {
    this.#brokers = brokers;
    this.#prefix = `test-${randomBytes(4).toString('hex')}.`;
    this.environment = {
      AMENDS_BROKERS: brokers.join(','),
      AMENDS_TOPIC_PREFIX: this.#prefix,
      AMENDS_SESSION_TIMEOUT: 'PT2S',
      AMENDS_TRANSACTION_TIMEOUT: 'PT2S',
      ...more,
    };
  }

  /** Types a verb. */
  type(...typed: readonly string[]): Promise<Said> {
    return amendsIn(this.environment, ...typed);
  }

  /** Starts `amends run` in a process of its own. */
  start(...options: readonly string[]): RunProcess {
    const process = new RunProcess(this.environment, ...options);
    this.processes.push(process);
    return process;
  }

  /** Every command ordered so far. */
  async commands(): Promise<readonly Command[]> {
    const log = new KafkaLog(kafkaSettings(readConfiguration(this.environment), realClock));
    const found: Command[] = [];
    try {
      for (const { name } of Object.values(remedies))
        for await (const records of readToEnd(log, realClock, await partitionsOf(log, name)))
          for (const { value } of records) found.push(JSON.parse(value?.toString() ?? '') as Command);
    } finally {
      await log.close();
    }
    return found;
  }

  /** Ends what still runs and deletes all topics. */
  async remove(): Promise<void> {
    await Promise.all(this.processes.splice(0).map((process) => process.end('SIGKILL')));
    const admin = quietKafka(this.#brokers).admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(this.#prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    await admin.disconnect();
  }
}
