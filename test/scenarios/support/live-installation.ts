import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { readConfiguration } from '../../../src/config.ts';
import type { LogRecord } from '../../../src/engine/log.ts';
import { changelogOf } from '../../../src/engine/topics.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import { deliveryPromises } from '../../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../../src/topics/delivery-tracking.ts';
import { issues } from '../../../src/topics/issues.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { realClock } from '../../../src/values/clock.ts';
import { after, secondMs } from '../../../src/values/time.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import type { RunProcess } from '../../cli/service/a-process.ts';
import { Installation, untilConcluded } from '../../cli/service/installation.ts';
import type { Said } from '../../cli/terminal.ts';
import type { Partitioner } from '../../support/on-a-log.ts';
import { produceOn, recordsOn, valuesOn } from '../../support/on-a-log.ts';
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

/**
 * Later than anything would be concluded, paid and told under that policy, counted from the end of a promise, on a busy machine:
 * for what stands still, and so never says how far it is.
 */
export const longAfterMs = 6_000;

const partitions = 2;

/** An installation as its operators have it under that policy, and what others write and read there in live time. */
export class LiveInstallation extends Installation {
  readonly policyFile: string;
  /** Of the brokers themselves, for what Amends has no verb for. */
  readonly admin: Admin;
  readonly #folder: string;

  private constructor(brokers: readonly string[], more: Readonly<Record<string, string>>) {
    const folder = mkdtempSync(join(tmpdir(), 'amends-'));
    const policyFile = join(folder, 'policy.yaml');
    writeFileSync(policyFile, secondsPolicy);
    super(brokers, { AMENDS_POLICY: policyFile, ...more });
    this.#folder = folder;
    this.policyFile = policyFile;
    this.admin = quietKafka(brokers).admin();
  }

  /** On brokers that ask nobody who he is; `more`: settings of Amends itself, such as other brokers and credentials. */
  static async open(brokers: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<LiveInstallation> {
    const one = new LiveInstallation(brokers, more);
    await one.admin.connect();
    return one;
  }

  /** As `open`, with all topics for live time, and money allowed to move. */
  static async ready(brokers: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<LiveInstallation> {
    const one = await LiveInstallation.open(brokers, more);
    await one.succeed('topics', 'create', '--partitions', String(partitions));
    await one.arm();
    return one;
  }

  /** Names the changelogs, the group and the transactional ids. */
  get application(): string {
    return readConfiguration(this.environment).application;
  }

  /** A topic as somebody makes it by hand, with as many partitions as the others. */
  async create(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const name = this.named(topic);
    await this.admin.createTopics({ waitForLeaders: false, topics: [{ topic: name, numPartitions: partitions, configEntries }] });
    await waitUntil(`${name} is there`, async () => (await this.admin.listTopics()).includes(name));
  }

  /** Gives a topic, by the brokers' name, so many partitions; resolves once they tell of them. */
  async growTo(topic: string, count: number): Promise<void> {
    await this.admin.createPartitions({ topicPartitions: [{ topic, count }] });
    await waitUntil(`${topic} has ${count} partitions`, async () => {
      const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length === count;
    });
  }

  /** A process of `amends run --act`. */
  override start(...options: readonly string[]): RunProcess {
    return super.start('--act', ...options);
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

  produce<T>(topic: Topic<T>, values: readonly T[], partitioner?: Partitioner): Promise<void> {
    return produceOn(this.log, topic, values, partitioner);
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
    return (await valuesOn(this.log, issues)).map(({ customer }) => customer).toSorted();
  }

  /** Who was refunded, as often as they were. */
  async refunded(): Promise<readonly string[]> {
    return (await valuesOn(this.log, remedies.refund)).map(({ customer }) => customer).toSorted();
  }

  async untilRefunded(who: readonly string[]): Promise<void> {
    await waitUntil(`refunded: ${who.join()}`, async () => {
      const all = await this.refunded();
      return who.every((name) => all.includes(name));
    });
  }

  /** The changelog of a stage. */
  changelogOf(stage: string): string {
    return changelogOf(this.application, stage);
  }

  /** Writes bytes that are no value of a topic, as anybody may who has the right to. */
  async write(topic: string, partition: number, key: string, value: string | null): Promise<void> {
    const bytes = value === null ? null : Buffer.from(value);
    await this.log.append([{ topic, partition, key: Buffer.from(key), value: bytes, timestamp: realClock.now() }]);
  }

  /** Deletes a topic; resolves once the brokers don't tell of it any more. */
  async delete(topic: string): Promise<void> {
    const name = this.named(topic);
    await this.admin.deleteTopics({ topics: [name] });
    await waitUntil(`${name} is gone`, async () => !(await this.admin.listTopics()).includes(name));
  }

  /** Everything on a topic, as a consumer of committed records sees it. */
  records(topic: string): Promise<readonly LogRecord[]> {
    return recordsOn(this.log, topic);
  }

  /** Until a process that has all tasks has concluded everything that follows within two seconds from now: `settle` is one. */
  untilOver(process: RunProcess): Promise<void> {
    return untilConcluded(process, 3 * partitions, after(realClock.now(), 2 * secondMs), 60_000);
  }

  override async remove(): Promise<void> {
    await super.remove();
    await this.admin.disconnect();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
