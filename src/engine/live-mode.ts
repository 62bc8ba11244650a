import type { Instant } from '../values/time.ts';
import { instant, never } from '../values/time.ts';
import type { Batch } from './batch.ts';
import type { Checkpoint } from './changelog.ts';
import { hasElapsed } from './has-elapsed.ts';
import type { Ends } from './log.ts';
import type { Awaited } from './progress.ts';
import { clocksAgree, clockToleranceMs, progressRecord } from './progress.ts';
import type { Source } from './source.ts';
import type { TaskParts, TimeKeeping } from './time-keeping.ts';

/** A clock is told, and silence proven, at least this often ... */
const proofEveryMs = 1_000;
/** ... and this often while a row is due within the next second, or a stage behind has one that waits for this clock. */
const proofEveryWhenDueMs = 75;

interface Sample {
  /** The broker's time just before the ends were sampled. */
  readonly at: Instant;
  /** The least clock upstream, and how far the stage's other tasks have read, with the slack: known before that. */
  readonly bound: Instant;
  /** In the order of the sources. */
  readonly ends: readonly Ends[];
}

/**
 * Time is the broker's. Records are folded as they come; what is due waits for proof that nothing is missing: a progress
 * record is appended (the broker says when: T), then the ends of all inputs are sampled; once everything below them is
 * committed, the task's clock is T, or what the stages upstream have got to if that is less. A record that came to the
 * wrong task is told by a dead letter, so the clock is never more than a slack ahead of what the stage's other tasks
 * have read; the slack is less than the grace that conclusions from silence carry.
 */
export class LiveMode implements TimeKeeping {
  readonly #parts: TaskParts;
  clock: Instant = never;
  isStopped = false;
  /** Everything before is read and committed here, whatever others have come to: what they are told. */
  #read: Instant = never;
  #sample: Sample | undefined;
  /** A proof under way while a batch is filled and committed. */
  #proving: Promise<void> | undefined;
  /** As `#read`, but not what others may rely on. */
  #readUpTo: Instant = never;
  /** When something was told last, by this host's clock and by the broker's, and the clock that was. */
  #toldAt: Instant = never;
  #appendedAt: Instant = never;
  #toldClock: Instant = never;
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
    await this.#proving;
    this.#proving = undefined;
    this.#usePassedSample();
    // One sample at a time: a newer one each second would never be passed under load.
    if (this.#sample) return;
    const proof = this.#nextProof();
    if (!proof) return;
    if (this.#parts.sources.every((source) => source.isEmpty)) {
      await proof;
      this.#usePassedSample();
    } else {
      // What has come is folded meanwhile. A proof that fails is told by the next step, which waits for it.
      proof.catch(() => {});
      this.#proving = proof;
    }
  }

  /** What is told, and what others have come to, is as of now: nothing of it may wait for another turn. */
  #nextProof(): Promise<void> | undefined {
    const bound = this.#bound();
    if (this.#isProofDue()) return this.#tell(bound);
    // Others have come further since: what is read here up to `#readUpTo` needs only another look at the ends.
    return Math.min(this.#readUpTo, bound) > this.clock ? this.#takeSample(this.#readUpTo, bound) : undefined;
  }

  fillBatch(batch: Batch, limit: number): Promise<void> | undefined {
    if (!batch.isStopped) this.#wakeDue(batch, limit / 2);
    return this.#foldInTurn(batch, limit);
  }

  committed(): void {}

  discarded(): void {}

  /** How far the stages upstream have come, and the stage's other tasks have read, with the slack. */
  #bound(): Instant {
    const { board, upstream, siblings, task, siblingSlackMs } = this.#parts;
    return instant(Math.min(board.leastClock(upstream), board.leastRead(siblings, task.partition) + siblingSlackMs));
  }

  /** What others may rely on: what is due and was not woken yet may still say that something is over, so they wait for that too. */
  get #tellable(): Instant {
    return instant(Math.min(this.clock, this.#parts.store.firstDueAt));
  }

  /** What is due here, and only waits for the stages upstream. */
  #awaits(): Awaited | undefined {
    const { store, board, upstream } = this.#parts;
    const due = store.firstDueAt;
    if (upstream.length === 0 || due > this.#appendedAt || board.leastClock(upstream) > due) return undefined;
    return { until: this.#appendedAt, stages: upstream.map(({ stage }) => stage) };
  }

  async #tell(bound: Instant): Promise<void> {
    const { task, changelog, board, log, hostClock, telemetry } = this.#parts;
    const clock = this.#tellable;
    const [told] = await log.append([
      progressRecord(task, changelog, { clock, read: this.#read }, board.partitions, hostClock.now(), this.#awaits()),
    ]);
    this.#toldAt = hostClock.now();
    if (!told) return;
    this.#toldClock = clock;
    this.#appendedAt = told.appendedAt;
    if (clocksAgree(hostClock, told.appendedAt)) await this.#takeSample(told.appendedAt, bound);
    else
      telemetry({
        name: 'ClockHeld',
        ...task,
        why: `the clocks of this host and of the broker are more than ${clockToleranceMs} ms apart`,
      });
  }

  /** `bound` must have been known before the ends are sampled: only then is what it vouches for below them. */
  async #takeSample(at: Instant, bound: Instant): Promise<void> {
    this.#sample = { at, bound, ends: await this.#parts.log.ends(this.#parts.sources) };
  }

  #usePassedSample(): void {
    const sample = this.#sample;
    if (!sample || !this.#parts.sources.every((source, index) => source.isPast(sample.ends[index]))) return;
    this.#sample = undefined;
    this.#readUpTo = sample.at;
    // Records by a producer that partitions wrongly came to all tasks: while one is stopped for it, none concludes.
    if (!this.isStopped) this.#read = sample.at;
    const proven = instant(Math.min(sample.at, sample.bound));
    if (proven <= this.clock) return;
    this.clock = proven;
    this.#parts.telemetry({ name: 'ClockMoved', ...this.#parts.task, clock: proven });
  }

  #isProofDue(): boolean {
    const { hostClock, store, board, task } = this.#parts;
    const now = hostClock.now();
    const awaited = board.awaited(task.stage);
    const isAwaited = awaited !== never && awaited >= this.#toldClock;
    // Who waits hears of each step at once: the next proof would only tell what was proven a turn ago.
    if (isAwaited && this.#tellable > this.#toldClock) return true;
    const isNear = store.firstDueAt < now + proofEveryMs;
    return hasElapsed(now, this.#toldAt, isNear || isAwaited ? proofEveryWhenDueMs : proofEveryMs);
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
