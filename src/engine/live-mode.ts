import type { Instant } from '../values/time.ts';
import { after, never } from '../values/time.ts';
import type { Batch } from './batch.ts';
import type { Checkpoint } from './changelog.ts';
import type { Ends } from './log.ts';
import { clocksAgree, clockToleranceMs, progressRecord } from './progress.ts';
import type { Source } from './source.ts';
import type { TaskParts, TimeKeeping } from './time-keeping.ts';

/** A clock is told, and silence proven, at least this often ... */
const proofEveryMs = 1_000;
/** ... and this often while a row is due within the next second. */
const proofEveryWhenDueMs = 75;

interface Sample {
  /** The broker's time just before the ends were sampled. */
  readonly at: Instant;
  /** The least clock upstream, read before that. */
  readonly upstream: Instant;
  /** In the order of the sources. */
  readonly ends: readonly Ends[];
}

/**
 * Time is the broker's. Records are folded as they come; what is due waits for proof that nothing is missing: a progress
 * record is appended (the broker says when: T), then the ends of all inputs are sampled; once everything below them is
 * committed, the task's clock is T, or what the stages upstream have got to if that is less.
 */
export class LiveMode implements TimeKeeping {
  readonly #parts: TaskParts;
  clock: Instant = never;
  #sample: Sample | undefined;
  #sampledAt: Instant = never;
  #turn = 0;

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  get now(): Instant {
    return this.clock === never ? this.#parts.hostClock.now() : this.clock;
  }

  get checkpointClock(): Instant {
    return this.clock;
  }

  restore(checkpoint: Checkpoint): void {
    this.clock = checkpoint.clock;
  }

  async prove(): Promise<void> {
    this.#usePassedSample();
    // One sample at a time: a newer one each second would never be passed under load.
    if (this.#sample || this.#parts.hostClock.now() < this.#nextProofAt()) return;
    const { task, changelogId, board, upstream, log, hostClock, sources, telemetry } = this.#parts;
    const upstreamClock = board.least(upstream);
    const [told] = await log.append([progressRecord(task, changelogId, this.clock, board.partitions, hostClock.now())]);
    this.#sampledAt = hostClock.now();
    if (!told) return;
    if (!clocksAgree(hostClock, told.appendedAt)) {
      telemetry({
        name: 'ClockHeld',
        ...task,
        why: `the clocks of this host and of the broker are more than ${clockToleranceMs} ms apart`,
      });
      return;
    }
    this.#sample = { at: told.appendedAt, upstream: upstreamClock, ends: await log.ends(sources) };
    this.#usePassedSample();
  }

  fillBatch(batch: Batch, limit: number): Promise<void> | undefined {
    if (!batch.isStopped) this.#wakeDue(batch, limit / 2);
    return this.#foldInTurn(batch, limit);
  }

  committed(): void {}

  discarded(): void {}

  #usePassedSample(): void {
    const sample = this.#sample;
    if (!sample || !this.#parts.sources.every((source, index) => source.isPast(sample.ends[index]))) return;
    this.#sample = undefined;
    const proven = Math.min(sample.at, sample.upstream) as Instant;
    if (proven <= this.clock) return;
    this.clock = proven;
    this.#parts.telemetry({ name: 'ClockMoved', ...this.#parts.task, clock: proven });
  }

  #nextProofAt(): Instant {
    const due = this.#parts.store.firstDue();
    const isNear = due !== undefined && due.wakeAt < this.#parts.hostClock.now() + proofEveryMs;
    return after(this.#sampledAt, isNear ? proofEveryWhenDueMs : proofEveryMs);
  }

  #wakeDue(batch: Batch, limit: number): void {
    const { dispatch } = this.#parts;
    const gapBefore = dispatch.gapBefore(batch);
    while (batch.woken < limit) {
      const row = batch.overlay.firstStoredDue();
      // What this batch itself put waits for the next one: a row may stay due, but not keep the others from their turn.
      if (!row || row.wakeAt >= this.clock) return;
      dispatch.wake(batch, row, this.clock, gapBefore);
    }
  }

  /** A record of each source in turn, so that a busy partition doesn't starve the others. */
  #foldInTurn(batch: Batch, limit: number): Promise<void> | undefined {
    const { sources, dispatch } = this.#parts;
    let later: Promise<void> | undefined;
    const blocked = new Set<Source>();
    for (let idle = 0; idle < sources.length && batch.folded + batch.woken < limit; this.#turn += 1) {
      const source = sources[this.#turn % sources.length];
      const record = source && !blocked.has(source) ? source.head() : undefined;
      if (!source || !record) {
        idle += 1;
        continue;
      }
      idle = 0;
      batch.now = this.now;
      const folded = dispatch.fold(batch, source.input, record, record.timestamp);
      if (folded === 'folded') {
        source.advance(record.timestamp);
        batch.folded += 1;
      } else {
        blocked.add(source);
        later = folded.later;
      }
    }
    return later;
  }
}
