import { Engine } from '../../../src/engine/engine.ts';
import type { FaultHook, Log, LogRecord, Outgoing } from '../../../src/engine/log.ts';
import type { Stage } from '../../../src/engine/stage.ts';
import type { TimeMode } from '../../../src/engine/changelog.ts';
import { releaseNotices } from '../../../src/engine/release-notice.ts';
import { deadLettersTopic, topicsNeeded } from '../../../src/engine/topics.ts';
import type { Happening } from '../../../src/happenings/happening.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import { DrivenClock } from '../../../src/values/clock.ts';
import { partitionOf } from '../../../src/values/murmur2.ts';
import { tickHeader } from '../../../src/values/record.ts';
import type { Instant } from '../../../src/values/time.ts';
import { after } from '../../../src/values/time.ts';

/** Lets everything that is ready to run, run. */
export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A process of the fleet; one that crashed never answers again. */
export interface Process {
  readonly name: string;
  readonly engine: Engine;
  alive: boolean;
}

/** Some processes on an embedded log under a driven clock. */
export class Fleet {
  readonly clock: DrivenClock;
  readonly broker: EmbeddedBroker;
  readonly outside: Log;
  readonly processes: Process[] = [];
  readonly happenings: Happening[] = [];
  readonly #of: {
    readonly stages: () => readonly Stage[];
    readonly partitions: number;
    readonly time: TimeMode;
    readonly batchRecords?: number;
    readonly siblingSlackMs?: number;
  };

  constructor(of: {
    readonly stages: () => readonly Stage[];
    readonly partitions: number;
    readonly time: TimeMode;
    readonly start: Instant;
    readonly batchRecords?: number;
    readonly siblingSlackMs?: number;
  }) {
    this.#of = of;
    this.clock = new DrivenClock(of.start);
    this.broker = new EmbeddedBroker({ clock: this.clock });
    for (const { name, ...settings } of topicsNeeded({
      application: 'test',
      stages: of.stages(),
      partitions: of.partitions,
      time: of.time,
    }))
      this.broker.createTopic(name, settings);
    this.outside = this.broker.connect({ name: 'outside' });
  }

  async startProcess(
    name: string,
    as: {
      readonly faults?: FaultHook;
      readonly wrap?: (log: Log) => Log;
      readonly version?: string;
      readonly stages?: readonly Stage[];
    } = {},
  ): Promise<Process> {
    const connected = this.broker.connect(as.faults ? { name, faults: as.faults } : { name });
    const log = as.wrap?.(connected) ?? connected;
    const { time, batchRecords, siblingSlackMs } = this.#of;
    const engine = await Engine.start({
      application: 'test',
      stages: as.stages ?? this.#of.stages(),
      log,
      clock: this.clock,
      time,
      telemetry: (happening) => this.happenings.push(happening),
      ...(batchRecords !== undefined && { batchRecords }),
      ...(siblingSlackMs !== undefined && { siblingSlackMs }),
      ...(as.version !== undefined && { version: as.version }),
    });
    const process = { name, engine, alive: true };
    this.processes.push(process);
    return process;
  }

  /** Ticks all living processes until none finds anything to do; a tick that never ends is a crash. */
  async settle(most = 5_000): Promise<void> {
    let idleRounds = 0;
    for (let round = 0; round < most; round += 1) {
      let did = false;
      for (const process of this.processes.filter(({ alive }) => alive)) {
        const outcome = await Promise.race([process.engine.tick(), turns(50).then(() => 'hung' as const)]);
        if (outcome === 'hung') process.alive = false;
        else did = outcome || did;
      }
      await turns(2);
      idleRounds = did || this.#isTakingOver() ? 0 : idleRounds + 1;
      if (idleRounds === 2) return;
    }
    throw new Error(`the fleet did not settle in ${most} rounds`);
  }

  /** Lets time pass in steps, everything settling after each. */
  async pass(forMs: number, stepMs = 1_000): Promise<void> {
    const until = after(this.clock.now(), forMs);
    while (this.clock.now() < until) {
      await this.clock.advance(after(this.clock.now(), Math.min(stepMs, until - this.clock.now())));
      await turns(2);
      await this.settle();
    }
  }

  async produce<T>(topic: Topic<T>, values: readonly (readonly [T, Instant?])[]): Promise<void> {
    const { partitions } = await this.outside.describe(topic.name);
    await this.produceRaw(
      values.map(([value, at]) => {
        const { key, value: bytes } = topic.encode(value);
        return {
          topic: topic.name,
          partition: partitionOf(key ?? Buffer.alloc(0), partitions),
          key,
          value: bytes,
          timestamp: at ?? this.clock.now(),
        };
      }),
    );
  }

  async produceRaw(records: readonly Outgoing[]): Promise<void> {
    await this.outside.append(records);
  }

  /** An operator lets the timers and money of a stage go on. */
  async release(stage: string): Promise<void> {
    const { partitions } = await this.outside.describe(deadLettersTopic);
    await this.produceRaw(releaseNotices({ stage, by: 'ops', why: 'seen to', at: this.clock.now(), partitions }));
  }

  /** In `records` mode: says on every partition of every outside input that time has come to `at`. */
  async ticks(at: Instant): Promise<void> {
    const outside = new Map(
      this.#of
        .stages()
        .flatMap(({ inputs }) => inputs.filter(({ written }) => written === 'outside').map(({ topic }) => [topic.name, topic] as const)),
    );
    for (const name of outside.keys()) {
      const { partitions } = await this.outside.describe(name);
      await this.produceRaw(
        Array.from({ length: partitions }, (_, partition) => ({
          topic: name,
          partition,
          key: null,
          value: null,
          timestamp: at,
          headers: new Map([[tickHeader, Buffer.alloc(0)]]),
        })),
      );
    }
  }

  /** Everything that was committed to a topic, read as its values. */
  values<T>(topic: Topic<T>): readonly T[] {
    return this.broker.records(topic.name).map((record: LogRecord) => {
      const decoded = topic.decode(record);
      if (decoded.kind !== 'read') throw new Error(`unreadable output: ${JSON.stringify(decoded)}`);
      return decoded.value;
    });
  }

  /** Of the happenings, those by this name. */
  told<N extends Happening['name']>(name: N): readonly Extract<Happening, { name: N }>[] {
    return this.happenings.filter((happening): happening is Extract<Happening, { name: N }> => happening.name === name);
  }

  #isTakingOver(): boolean {
    return this.processes.some(
      ({ alive, engine }) => alive && engine.tasks().some(({ state }) => state === 'claiming' || state === 'restoring'),
    );
  }
}
