import { partitionOf } from '../values/murmur2.ts';
import type { Clock, Instant } from '../values/time.ts';
import { instant, never } from '../values/time.ts';
import type { Log, LogRecord, Outgoing, Reader, TaskId } from './log.ts';
import { taskName } from './log.ts';
import { progressTopic } from './topics.ts';

/** A task that bounds another's clock: where it stands is told under its name, with the id of its changelog. */
export interface Upstream {
  readonly stage: string;
  readonly partitions: number;
  /** Progress that tells of another changelog is of another life of the application, and is ignored. */
  readonly changelogId: string;
}

/** A task's progress as a record: everything strictly before `clock` is processed and committed. */
export const progressRecord = (task: TaskId, changelogId: string, clock: Instant, partitions: number, now: Instant): Outgoing => {
  const key = Buffer.from(taskName(task));
  const value = Buffer.from(JSON.stringify({ clock: Number.isFinite(clock) ? clock : null, changelog: changelogId }));
  return { topic: progressTopic, partition: partitionOf(key, partitions), key, value, timestamp: now };
};

/**
 * What all tasks have told of their clocks, read by one process for all its tasks. What it knows may be older than the
 * truth, never newer: an old clock only makes a task wait.
 */
export class ProgressBoard {
  readonly #reader: Reader;
  readonly #clocks = new Map<string, { readonly clock: Instant; readonly changelogId: string }>();
  readonly partitions: number;

  private constructor(reader: Reader, partitions: number) {
    this.#reader = reader;
    this.partitions = partitions;
  }

  static async open(log: Log): Promise<ProgressBoard> {
    const { partitions } = await log.describe(progressTopic);
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic: progressTopic, partition }));
    const ends = await log.ends(places);
    const reader = log.read();
    for (const [index, place] of places.entries()) reader.add({ ...place, offset: ends[index]?.first ?? 0 });
    return new ProgressBoard(reader, partitions);
  }

  /** Reads what has come; true when there was something. */
  async refresh(signal: AbortSignal): Promise<boolean> {
    let some = false;
    for (const { records } of await this.#reader.poll({ bytes: 1024 * 1024, waitMs: 0 }, signal))
      for (const record of records) {
        this.#take(record);
        some = true;
      }
    return some;
  }

  /** The least clock of all tasks of these stages; `never` while one has not been heard of. */
  least(of: readonly Upstream[]): Instant {
    let least = Infinity;
    for (const { stage, partitions, changelogId } of of)
      for (let partition = 0; partition < partitions; partition += 1) {
        const told = this.#clocks.get(taskName({ stage, partition }));
        if (told?.changelogId !== changelogId) return never;
        least = Math.min(least, told.clock);
      }
    return instant(least);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #take({ key, value }: LogRecord): void {
    if (key === null || value === null) return;
    let told: { readonly clock?: number | null; readonly changelog?: string };
    try {
      told = JSON.parse(value.toString('utf8'));
    } catch {
      return; // not ours: a task that isn't heard of only holds the clock
    }
    if (typeof told.clock !== 'number' || typeof told.changelog !== 'string') return;
    const name = key.toString('utf8');
    const known = this.#clocks.get(name);
    // A task taken over tells an earlier clock at first; what was proven once stays proven.
    const clock = known?.changelogId === told.changelog ? Math.max(known.clock, told.clock) : told.clock;
    this.#clocks.set(name, { clock: instant(clock), changelogId: told.changelog });
  }
}

/** How far the host's clock may be from the broker's before nothing is concluded. */
export const clockToleranceMs = 5_000;

/** True when host and broker tell about the same time. */
export const clocksAgree = (clock: Clock, appendedAt: Instant): boolean => Math.abs(clock.now() - appendedAt) <= clockToleranceMs;
