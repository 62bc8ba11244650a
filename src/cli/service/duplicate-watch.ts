import type { TaskReport } from '../../engine/engine.ts';
import type { Log, LogRecord, Partition, Reader } from '../../engine/log.ts';
import { changelogOf } from '../../engine/topics.ts';
import type { Topic } from '../../formats/topic.ts';
import type { Telemetry } from '../../happenings/happening.ts';
import type { Command } from '../../topics/remedies.ts';
import { remedies } from '../../topics/remedies.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock } from '../../values/time.ts';
import { secondMs } from '../../values/time.ts';
import { RecentIds } from './recent-ids.ts';

/** How often the topics are looked at: an alert needs no more, and an idle process rests in between. */
const lookEveryMs = 5 * secondMs;
const pollBytes = 1024 * 1024;
/** How many records before the end a partition is read from: who takes a task over sees what its last owner wrote last. */
const lookBack = 20_000;
const decider = 'care';

const remedyTopics: ReadonlyMap<string, Topic<Command>> = new Map(
  Object.values(remedies).map((topic) => [topic.name, topic as unknown as Topic<Command>]),
);

/**
 * Reads the remedy topics as anybody outside reads them, and tells of commands whose id was there before. Nothing that
 * orders commands has a part in it, so it would see what that never should do. Each process looks at the partitions of
 * its own care tasks; together they look at all.
 */
export class DuplicateWatch {
  readonly #log: Log;
  readonly #application: string;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #tasks: () => readonly TaskReport[];
  readonly #reader: Reader;
  readonly #ids = new RecentIds();
  #watched: ReadonlyMap<string, Partition> = new Map();
  /** How far each partition was read, also of tasks that have gone: one that comes back is not read twice. */
  readonly #next = new Map<string, number>();

  /** `tasks`: those that the process has now. */
  constructor(of: {
    readonly log: Log;
    readonly application: string;
    readonly clock: Clock;
    readonly telemetry: Telemetry;
    readonly tasks: () => readonly TaskReport[];
  }) {
    this.#log = of.log;
    this.#application = of.application;
    this.#clock = of.clock;
    this.#telemetry = of.telemetry;
    this.#tasks = of.tasks;
    this.#reader = of.log.read();
  }

  /** Looks now and then until `signal` aborts. Never rejects: while the log doesn't answer, there is nothing to see. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(signal).catch(() => {});
      await this.#clock.wait(lookEveryMs, signal, 'background');
    }
    await this.#reader.close().catch(() => {});
  }

  /** Reads what has come since the last look. Rejects where the log does. */
  async look(signal: AbortSignal): Promise<void> {
    await this.#follow();
    if (this.#watched.size === 0) return;
    for (;;) {
      const fetched = await this.#reader.poll({ bytes: pollBytes, waitMs: 0 }, signal);
      for (const { records } of fetched) for (const record of records) this.#take(record);
      for (const { topic, partition, next } of fetched) this.#next.set(partitionName({ topic, partition }), next);
      if (fetched.every(({ records }) => records.length === 0) || signal.aborted) return;
    }
  }

  /** Reads the partitions of the care tasks that are ours now, and no others. */
  async #follow(): Promise<void> {
    const ours = new Set(this.#tasks().flatMap(({ stage, partition }) => (stage === decider ? [partition] : [])));
    const wanted = new Map<string, Partition>();
    if (ours.size > 0) {
      const { partitions: tasks } = await this.#log.describe(changelogOf(this.#application, decider));
      for (const topic of remedyTopics.keys()) {
        const { partitions } = await this.#log.describe(topic);
        // A remedy topic may have another number of partitions; each still belongs to one task.
        for (let partition = 0; partition < partitions; partition += 1)
          if (ours.has(partition % tasks)) wanted.set(partitionName({ topic, partition }), { topic, partition });
      }
    }
    const fresh = [...wanted].filter(([name]) => !this.#watched.has(name)).map(([, partition]) => partition);
    const ends = fresh.length > 0 ? await this.#log.ends(fresh) : [];
    for (const [index, partition] of fresh.entries()) {
      const { first = 0, high = 0 } = ends[index] ?? {};
      const read = this.#next.get(partitionName(partition)) ?? 0;
      this.#reader.add({ ...partition, offset: Math.max(first, high - lookBack, read > high ? 0 : read) });
    }
    for (const [name, partition] of this.#watched) if (!wanted.has(name)) this.#reader.drop(partition);
    this.#watched = wanted;
  }

  #take(record: LogRecord): void {
    const decoded = remedyTopics.get(record.topic)?.decode(record);
    // What others write there is not for us to judge.
    if (decoded?.kind !== 'read') return;
    const { id, kind } = decoded.value;
    if (!this.#ids.seen(id, this.#clock.now())) return;
    const { topic, partition, offset } = record;
    this.#telemetry({ name: 'CommandDuplicated', kind, command: id, topic, partition, offset });
  }
}
