import { Engine } from '../../engine/engine.ts';
import type { LogRecord, Outgoing, Position, Reader } from '../../engine/log.ts';
import type { Stage } from '../../engine/stage.ts';
import { deadLettersTopic, topicsNeeded } from '../../engine/topics.ts';
import type { Telemetry } from '../../happenings/happening.ts';
import { EmbeddedBroker } from '../../log/memory/embedded-broker.ts';
import type { EmbeddedLog } from '../../log/memory/embedded-log.ts';
import { pipeline } from '../../pipeline.ts';
import type { Policy } from '../../policy/policy.ts';
import { controls, firstArmed } from '../../topics/controls.ts';
import { invariant } from '../../values/invariant.ts';
import type { DrivenClock } from '../../values/clock.ts';
import type { Instant } from '../../values/time.ts';
import { after, dayMs, earliest, minuteMs, secondMs } from '../../values/time.ts';
import type { World } from '../../world/holiday-week.ts';
import type { WorldRecord } from '../../world/world-record.ts';
import { partitionFor } from '../../world/world-record.ts';

const application = 'demo';
const partitions = 3;

/** Simulated time goes on by this much at a time: the most that a remedy can be later than it would be. */
const stepMs = 5 * minuteMs;
/** After each step the engine proves silence once for every stage in a row, and needs time to pass for each. */
const proofs = 3;
const proofMs = secondMs;

/** What the pipeline wrote, told from what it read. */
const outputsOf = (stages: readonly Stage[]): readonly string[] => [
  ...new Set([...stages.flatMap((stage) => stage.outputs.map(({ name }) => name)), deadLettersTopic]),
];

const armed = (policyHash: string, at: Instant): Outgoing => {
  const value = firstArmed({ by: 'demo', why: 'the demo acts: nothing leaves this machine', policyHash, at });
  const { key, value: bytes } = controls.encode(value);
  return { topic: controls.name, partition: 0, key, value: bytes, timestamp: at };
};

/** A world on its way through the pipeline. */
export class Play {
  readonly outputs: readonly string[];
  readonly broker: EmbeddedBroker;
  readonly #world: World;
  readonly #clock: DrivenClock;
  readonly #engine: Engine;
  readonly #log: EmbeddedLog;
  readonly #reader: Reader;
  readonly #abort = new AbortController();
  /** How many of the world's records have been told. */
  told = 0;
  /** Where each of them lies in the log. */
  readonly places: Position[] = [];

  private constructor(of: {
    readonly world: World;
    readonly clock: DrivenClock;
    readonly broker: EmbeddedBroker;
    readonly engine: Engine;
    readonly log: EmbeddedLog;
    readonly outputs: readonly string[];
  }) {
    this.#world = of.world;
    this.#clock = of.clock;
    this.broker = of.broker;
    this.#engine = of.engine;
    this.#log = of.log;
    this.outputs = of.outputs;
    this.#reader = of.log.read();
    for (const topic of of.outputs)
      for (let partition = 0; partition < partitions; partition += 1) this.#reader.add({ topic, partition, offset: 0 });
  }

  /** An empty log with all topics, the switch armed, and an engine on it. `clock` stands at the world's start. */
  static async start(of: {
    readonly world: World;
    readonly policy: Policy;
    readonly clock: DrivenClock;
    readonly telemetry: Telemetry;
  }): Promise<Play> {
    const { world, policy, clock, telemetry } = of;
    invariant(clock.now() === world.start, 'the clock stands at the start of the world');
    // Time passes in steps of minutes: nobody would be heard of within the usual six seconds.
    const broker = new EmbeddedBroker({ clock, sessionTimeoutMs: 7 * dayMs });
    const stages = pipeline({ policy, act: true });
    for (const { name, ...settings } of topicsNeeded({ application, stages, partitions, time: 'live' })) broker.createTopic(name, settings);
    const log = broker.connect({ name: 'world' });
    await log.append([armed(policy.hash, clock.now())]);
    const engine = await Engine.start({ application, stages, log: broker.connect({ name: 'engine' }), clock, time: 'live', telemetry });
    return new Play({ world, clock, broker, engine, log, outputs: outputsOf(stages) });
  }

  get now(): Instant {
    return this.#clock.now();
  }

  get isOver(): boolean {
    return this.now >= this.#world.end;
  }

  ready(): ReturnType<Engine['ready']> {
    return this.#engine.ready();
  }

  /** Lets the world go on by one step, and the engine do all that follows from it. */
  async step(): Promise<void> {
    const until = earliest(after(this.now, stepMs), this.#world.end) ?? this.#world.end;
    const last = after(until, -proofs * proofMs);
    for (let due = this.#next(); due && due.timestamp <= last; due = this.#next()) {
      await this.#clock.advance(due.timestamp > this.now ? due.timestamp : this.now);
      await this.#tell(due.timestamp);
    }
    await this.#clock.advance(last > this.now ? last : this.now);
    for (let proof = 0; proof < proofs; proof += 1) {
      await this.#rest();
      await this.#clock.advance(earliest(after(this.now, proofMs), until) ?? until);
    }
    await this.#rest();
  }

  /** What the pipeline has written since this was last asked, in the order of the topics in `outputs`. */
  async news(): Promise<readonly LogRecord[]> {
    const news: LogRecord[] = [];
    for (;;) {
      const fetched = await this.#reader.poll({ bytes: 16 * 1024 * 1024, waitMs: 0 }, this.#abort.signal);
      const records = fetched.flatMap((one) => one.records);
      if (records.length === 0) break;
      news.push(...records);
    }
    const rank = new Map(this.outputs.map((topic, at) => [topic, at]));
    return news.toSorted((a, b) => (rank.get(a.topic) ?? 0) - (rank.get(b.topic) ?? 0) || a.partition - b.partition || a.offset - b.offset);
  }

  /** The world's records that have been told. */
  get history(): readonly WorldRecord[] {
    return this.#world.records.slice(0, this.told);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#engine.stop();
    await this.#reader.close();
    await this.#log.close();
  }

  #next(): WorldRecord | undefined {
    return this.#world.records[this.told];
  }

  /** Everything that reaches the log until this instant, the backlog at the start included. */
  async #tell(until: Instant): Promise<void> {
    const due: Outgoing[] = [];
    for (let next = this.#next(); next && next.timestamp <= until; next = this.#next()) {
      const { topic, key, value, timestamp } = next;
      due.push({ topic, partition: partitionFor(next, partitions), key, value, timestamp });
      this.told += 1;
    }
    for (const { position } of await this.#log.append(due)) this.places.push(position);
  }

  /** Until the engine has nothing left to do without time passing. */
  async #rest(): Promise<void> {
    while (await this.#engine.tick());
  }
}
