import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { kafkaSettings } from '../../../src/cli/kafka-settings.ts';
import { partitionsOf, readToEnd } from '../../../src/cli/read-to-end.ts';
import { readConfiguration } from '../../../src/config.ts';
import type { LogRecord } from '../../../src/engine/log.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { deliveryPromises } from '../../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../../src/topics/delivery-tracking.ts';
import { issues } from '../../../src/topics/issues.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { realClock } from '../../../src/values/clock.ts';
import { partitionOf } from '../../../src/values/murmur2.ts';
import { after, secondMs } from '../../../src/values/time.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { RunProcess } from '../../cli/service/a-process.ts';
import type { Said } from '../../cli/terminal.ts';
import { amendsIn } from '../../cli/terminal.ts';
import { promiseOf, scanOf } from './telling.ts';

/** Silence counts after a second, and money moves a second later. */
const secondsPolicy = `
version: seconds
promiseGrace: PT1S
freshFor: PT1H
quietHours: { from: "00:00", until: "00:00" }
detectors:
  promise-missed: { proofGrace: PT1S }
rules:
  - name: late-parcel
    issue: promise-missed
    mode: auto
    settle: PT1S
    ladder:
      - { name: shipping-back, remedy: refund, of: [shipping] }
      - { name: tell, remedy: notification, message: parcel-late-shipping-refunded, announces: shipping-back }
`;

/** Later than anything is concluded, paid and told under that policy, counted from the end of a promise, on a busy machine. */
export const longAfterMs = 6_000;

/** Which partition a producer chooses. */
type Partitioner = (key: Buffer, partitions: number) => number;

/** An installation of Amends as its operators have it: what they type, processes of `amends run`, and what others write and read. */
export class Installation {
  readonly environment: Readonly<Record<string, string>>;
  readonly policyFile: string;
  /** Of the brokers themselves, for what Amends has no verb for. */
  readonly admin: Admin;
  readonly #log: KafkaLog;
  readonly #folder: string;
  readonly #processes: RunProcess[] = [];

  private constructor(brokers: readonly string[], more: Readonly<Record<string, string>>) {
    const name = `installed-${randomUUID().slice(0, 8)}`;
    this.#folder = mkdtempSync(join(tmpdir(), 'amends-'));
    this.policyFile = join(this.#folder, 'policy.yaml');
    writeFileSync(this.policyFile, secondsPolicy);
    const environment = {
      AMENDS_BROKERS: brokers.join(),
      AMENDS_APPLICATION: name,
      AMENDS_TOPIC_PREFIX: `${name}.`,
      AMENDS_POLICY: this.policyFile,
      AMENDS_SESSION_TIMEOUT: 'PT2S',
      AMENDS_TRANSACTION_TIMEOUT: 'PT2S',
    };
    this.environment = { ...environment, ...more };
    this.#log = new KafkaLog(kafkaSettings(readConfiguration(environment), realClock));
    this.admin = quietKafka(brokers).admin();
  }

  /** On brokers that ask nobody who he is; `more`: settings of Amends itself, such as other brokers and credentials. */
  static async open(brokers: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Installation> {
    const one = new Installation(brokers, more);
    await one.admin.connect();
    return one;
  }

  /** As `open`, with all topics for live time, and money allowed to move. */
  static async ready(brokers: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Installation> {
    const one = await Installation.open(brokers, more);
    await one.succeed('topics', 'create', '--partitions', '2');
    await one.arm();
    return one;
  }

  get application(): string {
    return this.environment['AMENDS_APPLICATION'] ?? '';
  }

  /** A topic as somebody makes it by hand, with two partitions. */
  async create(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const name = this.named(topic);
    await this.admin.createTopics({ waitForLeaders: false, topics: [{ topic: name, numPartitions: 2, configEntries }] });
    await waitUntil(`${name} is there`, async () => (await this.admin.listTopics()).includes(name));
  }

  /** Gives a topic, by the brokers' name, so many partitions; resolves once they tell of them. */
  async growTo(topic: string, partitions: number): Promise<void> {
    await this.admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
    await waitUntil(`${topic} has ${partitions} partitions`, async () => {
      const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length === partitions;
    });
  }

  /** What the brokers call a topic of ours. */
  named(topic: string): string {
    return `${this.environment['AMENDS_TOPIC_PREFIX'] ?? ''}${topic}`;
  }

  /** A process of `amends run --act`. */
  start(...options: readonly string[]): RunProcess {
    const process = new RunProcess(this.environment, '--act', ...options);
    this.#processes.push(process);
    return process;
  }

  type(...typed: readonly string[]): Promise<Said> {
    return amendsIn(this.environment, ...typed);
  }

  /** Types a verb that must do what it was asked. */
  async succeed(...typed: readonly string[]): Promise<Said> {
    const said = await this.type(...typed);
    if (said.code !== 0) throw new Error(`amends ${typed.join(' ')} ended with ${said.code}: ${said.error}${said.out}`);
    return said;
  }

  async arm(): Promise<void> {
    await this.succeed('arm', '--policy', this.policyFile, '--by', 'ana', '--why', 'checked');
  }

  /** As a producer outside would: on the partition that its partitioner chooses. */
  async produce<T>(topic: Topic<T>, values: readonly T[], partitioner: Partitioner = partitionOf): Promise<void> {
    const { partitions } = await this.#log.describe(topic.name);
    await this.#log.append(
      values.map((value) => {
        const { key, value: bytes } = topic.encode(value);
        const partition = partitioner(key ?? Buffer.alloc(0), partitions);
        return { topic: topic.name, partition, key, value: bytes, timestamp: realClock.now() };
      }),
    );
  }

  /** Parcels, each of a customer of the same name, whose promised time ends in a second, or when told. */
  async promise(who: readonly string[], inMs: number = secondMs): Promise<void> {
    const until = new Date(after(realClock.now(), inMs)).toISOString().slice(0, 19);
    await this.produce(
      deliveryPromises,
      who.map((name) => promiseOf(name, realClock.now(), until)),
    );
  }

  /** Their carrier says that they are there. */
  async deliver(who: readonly string[], partitioner?: Partitioner): Promise<void> {
    const scans = who.map((name) => scanOf(name, realClock.now(), 'delivered'));
    await this.produce(deliveryTracking, scans, partitioner);
  }

  /** Who was taken to have an overdue parcel, as often as they were. */
  async foundLate(): Promise<readonly string[]> {
    return (await this.values(issues)).map(({ customer }) => customer).toSorted();
  }

  /** Who was refunded, as often as they were. */
  async refunded(): Promise<readonly string[]> {
    return (await this.values(remedies.refund)).map(({ customer }) => customer).toSorted();
  }

  async untilRefunded(who: readonly string[]): Promise<void> {
    await waitUntil(`refunded: ${who.join()}`, async () => {
      const all = await this.refunded();
      return who.every((name) => all.includes(name));
    });
  }

  /** Everything on a topic, as a consumer of committed records sees it. */
  async records(topic: string): Promise<readonly LogRecord[]> {
    const all: LogRecord[] = [];
    for await (const some of readToEnd(this.#log, realClock, await partitionsOf(this.#log, topic))) all.push(...some);
    return all;
  }

  async values<T>(topic: Topic<T>): Promise<readonly T[]> {
    return (await this.records(topic.name)).flatMap((record) => {
      const decoded = topic.decode(record);
      return decoded.kind === 'read' ? [decoded.value] : [];
    });
  }

  /** Ends its processes and removes its topics. */
  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.end('SIGKILL')));
    await this.#log.close();
    const topics = (await this.admin.listTopics()).filter((topic) => topic.startsWith(this.named('')));
    if (topics.length > 0) await this.admin.deleteTopics({ topics });
    await this.admin.disconnect();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
