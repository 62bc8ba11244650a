import { partitionOf } from '../values/murmur2.ts';
import type { Clock, Instant } from '../values/time.ts';
import { instant, never } from '../values/time.ts';
import type { Log, LogRecord, Outgoing, Reader, TaskId } from './log.ts';
import { taskName } from './log.ts';
import { progressTopic } from './topics.ts';

const nowhere: Told = { clock: never, read: never };

/** `never` (-Infinity) has no JSON of its own. */
const finite = (at: Instant): number | null => (Number.isFinite(at) ? at : null);

/** A task that bounds another's clock: where it stands is told under its name, with the id of its changelog. */
export interface Upstream {
  readonly stage: string;
  readonly partitions: number;
  /** Progress that tells of another changelog is of another life of the application, and is ignored. */
  readonly changelogId: string;
}

/** The changelog of a task's stage: its name tells the application, its id which life of it. */
export interface ChangelogName {
  readonly topic: string;
  readonly id: string;
}

/** How far a task has come. Everything strictly before `clock` is processed and committed, everything before `read` at least read. */
export interface Told {
  readonly clock: Instant;
  readonly read: Instant;
}

/** What a task has rows due for: that the clocks of these stages come past `until`. They then tell theirs more often than each second. */
export interface Awaited {
  readonly until: Instant;
  readonly stages: readonly string[];
}

/** A task's progress as a record. */
export const progressRecord = (
  task: TaskId,
  changelog: ChangelogName,
  { clock, read }: Told,
  partitions: number,
  now: Instant,
  awaits?: Awaited,
): Outgoing => {
  const key = Buffer.from(taskName(task));
  const value = Buffer.from(
    JSON.stringify({ clock: finite(clock), read: finite(read), changelog: changelog.id, topic: changelog.topic, awaits }),
  );
  return { topic: progressTopic, partition: partitionOf(key, partitions), key, value, timestamp: now };
};

/**
 * What all tasks have told of their clocks, read by one process for all its tasks. What it knows may be older than the
 * truth, never newer: an old clock only makes a task wait.
 */
export class ProgressBoard {
  readonly #reader: Reader;
  readonly #told = new Map<string, Told & { readonly changelogId: string }>();
  /** By stage: until when others wait for it to come. */
  readonly #awaited = new Map<string, Instant>();
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
  leastClock(of: readonly Upstream[]): Instant {
    return this.#least(of, ({ clock }) => clock);
  }

  /** How far all other tasks of the stage have read; `never` while one has not been heard of. */
  leastRead(of: Upstream, exceptPartition: number): Instant {
    return this.#least([of], ({ read }) => read, exceptPartition);
  }

  /** The latest time that a task of another stage waits for this one to come past; `never` where none does. */
  awaited(stage: string): Instant {
    return this.#awaited.get(stage) ?? never;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #least(of: readonly Upstream[], which: (told: Told) => Instant, exceptPartition?: number): Instant {
    let least = Infinity;
    for (const { stage, partitions, changelogId } of of)
      for (let partition = 0; partition < partitions; partition += 1) {
        if (partition === exceptPartition) continue;
        const told = this.#told.get(taskName({ stage, partition }));
        if (told?.changelogId !== changelogId) return never;
        least = Math.min(least, which(told));
      }
    return instant(least);
  }

  #take({ key, value }: LogRecord): void {
    if (key === null || value === null) return;
    let told: { readonly clock?: number | null; readonly read?: number | null; readonly changelog?: string; readonly awaits?: Awaited };
    try {
      told = JSON.parse(value.toString('utf8'));
    } catch {
      return; // not ours: a task that isn't heard of only holds the clock
    }
    if (typeof told.changelog !== 'string') return;
    const name = key.toString('utf8');
    const known = this.#told.get(name);
    const before = known?.changelogId === told.changelog ? known : nowhere;
    // A task taken over tells an earlier clock at first; what was proven once stays proven.
    const later = (one: Instant, other: number | null | undefined): Instant => instant(Math.max(one, other ?? never));
    for (const stage of told.awaits?.stages ?? []) this.#awaited.set(stage, later(this.awaited(stage), told.awaits?.until));
    this.#told.set(name, { clock: later(before.clock, told.clock), read: later(before.read, told.read), changelogId: told.changelog });
  }
}

/** How far the host's clock may be from the broker's before nothing is concluded. */
export const clockToleranceMs = 5_000;

/** True when host and broker tell about the same time. */
export const clocksAgree = (clock: Clock, appendedAt: Instant): boolean => Math.abs(clock.now() - appendedAt) <= clockToleranceMs;
