import { randomUUID } from 'node:crypto';
import { kafkaSettings } from '../../../src/cli/kafka-settings.ts';
import { readConfiguration } from '../../../src/config.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { realClock } from '../../../src/values/clock.ts';
import type { Instant } from '../../../src/values/time.ts';
import { secondMs } from '../../../src/values/time.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { valuesOn } from '../../support/on-a-log.ts';
import type { Said } from '../terminal.ts';
import { amendsIn } from '../terminal.ts';
import { RunProcess } from './a-process.ts';

/** Amends on somebody's brokers, under names of its own: verbs that are typed, processes that run, and what they order. */
export class Installation {
  readonly environment: Readonly<Record<string, string>>;
  /** For what others write and read: on brokers that ask nobody who he is. */
  protected readonly log: KafkaLog;
  readonly #brokers: readonly string[];
  readonly #prefix = `installed-${randomUUID().slice(0, 8)}.`;
  readonly #processes: RunProcess[] = [];

  /** `more`: settings of Amends itself, such as other brokers and credentials. */
  constructor(brokers: readonly string[], more: Readonly<Record<string, string>> = {}) {
    this.#brokers = brokers;
    const environment = {
      AMENDS_BROKERS: brokers.join(),
      AMENDS_TOPIC_PREFIX: this.#prefix,
      AMENDS_SESSION_TIMEOUT: 'PT2S',
      AMENDS_TRANSACTION_TIMEOUT: 'PT2S',
    };
    this.environment = { ...environment, ...more };
    this.log = new KafkaLog(kafkaSettings(readConfiguration(environment), realClock));
  }

  /** What the brokers call a topic of ours. */
  named(topic: string): string {
    return `${this.#prefix}${topic}`;
  }

  /** Types a verb. */
  type(...typed: readonly string[]): Promise<Said> {
    return amendsIn(this.environment, ...typed);
  }

  /** Starts `amends run` in a process of its own. */
  start(...options: readonly string[]): RunProcess {
    const process = new RunProcess(this.environment, ...options);
    this.#processes.push(process);
    return process;
  }

  /** Every command ordered so far. */
  async commands(): Promise<readonly Command[]> {
    const found = await Promise.all(Object.values(remedies).map((topic) => valuesOn(this.log, topic as Topic<Command>)));
    return found.flat();
  }

  /** Ends what still runs and deletes all topics. */
  async remove(): Promise<void> {
    await Promise.all(this.#processes.splice(0).map((process) => process.end('SIGKILL')));
    await this.log.close();
    const admin = quietKafka(this.#brokers).admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(this.#prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    await admin.disconnect();
  }
}

/** Until a process has so many tasks, and each of them has concluded everything before `at`. */
export const untilConcluded = (process: RunProcess, tasks: number, at: Instant, forMs?: number): Promise<void> =>
  waitUntil(
    `${tasks} tasks have concluded everything before ${new Date(at).toISOString()}`,
    async () => {
      const ages = await process.figuresOf('amends_task_clock_age_seconds');
      return ages.length === tasks && ages.every((age) => realClock.now() - age * secondMs >= at);
    },
    forMs,
  );
