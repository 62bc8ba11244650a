import { randomUUID } from 'node:crypto';
import { planOn } from '../../../src/cli/topics/create-topics.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { LogRecord } from '../../../src/engine/log.ts';
import type { Stage } from '../../../src/engine/stage.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import type { Happening } from '../../../src/happenings/happening.ts';
import { KafkaAdmin } from '../../../src/log/kafka/admin.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../../../src/log/kafka/settings.ts';
import { realClock } from '../../../src/values/clock.ts';
import type { Instant } from '../../../src/values/time.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { produceOn, recordsOn, valuesOn } from '../../support/on-a-log.ts';

/** One process of the pipeline, with a handle of its own on the brokers. */
export interface Process {
  readonly engine: Engine;
  /** Finishes its batches and leaves. */
  stop(): Promise<void>;
}

const application = 'amends';

/** The pipeline on real brokers in real time: processes that share its tasks, and what others write and read there. */
export class BrokerFleet {
  readonly happenings: Happening[] = [];
  readonly log: KafkaLog;
  readonly settings: KafkaSettings;
  readonly #stages: readonly Stage[];
  readonly #partitions: number;
  readonly #siblingSlackMs: number;
  readonly #processes = new Set<Process>();

  private constructor(of: {
    readonly settings: KafkaSettings;
    readonly stages: readonly Stage[];
    readonly partitions: number;
    readonly siblingSlackMs: number;
  }) {
    this.settings = of.settings;
    this.log = new KafkaLog(of.settings);
    this.#stages = of.stages;
    this.#partitions = of.partitions;
    this.#siblingSlackMs = of.siblingSlackMs;
  }

  /** All topics, new ones under a name of their own, for `live` time. */
  static async open(of: {
    readonly brokers: readonly string[];
    readonly stages: readonly Stage[];
    readonly partitions: number;
    /** Less than the grace that conclusions from silence carry. */
    readonly siblingSlackMs: number;
  }): Promise<BrokerFleet> {
    const prefix = `fleet-${randomUUID().slice(0, 8)}.`;
    const settings: KafkaSettings = {
      brokers: of.brokers,
      clientId: 'fleet',
      clock: realClock,
      topicNames: { toBroker: (topic) => `${prefix}${topic}`, fromBroker: (name) => name.slice(prefix.length) },
      idPrefix: prefix,
    };
    const admin = await KafkaAdmin.open(settings);
    const plan = await planOn(admin, { application, time: 'live', partitions: of.partitions });
    await admin.create(plan.create);
    admin.close();
    return new BrokerFleet({ ...of, settings });
  }

  /** A process of all stages, or of those named. It takes what it is given as soon as the others have let go. */
  async start(names: readonly string[] = this.#stages.map(({ name }) => name)): Promise<Process> {
    const log = new KafkaLog(this.settings);
    const engine = await Engine.start({
      application,
      stages: this.#stages.filter(({ name }) => names.includes(name)),
      log,
      clock: realClock,
      time: 'live',
      telemetry: (happening) => this.happenings.push(happening),
      siblingSlackMs: this.#siblingSlackMs,
    });
    const stopping = new AbortController();
    const running = engine.run(stopping.signal);
    const process: Process = {
      engine,
      stop: async () => {
        stopping.abort();
        await running;
        await engine.stop();
        await log.close();
        this.#processes.delete(process);
      },
    };
    this.#processes.add(process);
    return process;
  }

  /** Until every task of these stages runs, in some process. */
  async untilRunning(names: readonly string[] = this.#stages.map(({ name }) => name)): Promise<void> {
    await waitUntil(`the tasks of ${names.join()} run`, () => {
      const running = [...this.#processes].flatMap(({ engine }) => engine.tasks()).filter(({ state }) => state === 'running');
      return names.every((name) => running.filter(({ stage }) => stage === name).length === this.#partitions);
    });
  }

  produce<T>(topic: Topic<T>, values: readonly T[]): Promise<void> {
    return produceOn(this.log, topic, values);
  }

  records(topic: string): Promise<readonly LogRecord[]> {
    return recordsOn(this.log, topic);
  }

  values<T>(topic: Topic<T>): Promise<readonly T[]> {
    return valuesOn(this.log, topic);
  }

  /** Until every task, in whichever process, has concluded everything before `at`. */
  async untilConcluded(at: Instant): Promise<void> {
    const tasks = this.#stages.length * this.#partitions;
    await waitUntil(`all have concluded everything before ${new Date(at).toISOString()}`, () => {
      const running = [...this.#processes].flatMap(({ engine }) => engine.tasks());
      return running.length === tasks && running.every(({ clock }) => clock >= at);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes].map((process) => process.stop()));
    await this.log.close();
  }
}
