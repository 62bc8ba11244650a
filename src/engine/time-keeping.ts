import type { Telemetry } from '../happenings/happening.ts';
import type { Clock, Instant } from '../values/time.ts';
import type { Batch } from './batch.ts';
import type { Checkpoint } from './changelog.ts';
import type { Dispatch } from './dispatch.ts';
import type { Log, TaskId } from './log.ts';
import type { ChangelogName, ProgressBoard, Upstream } from './progress.ts';
import type { Source } from './source.ts';
import type { StateStore } from './store.ts';

/** What a task that runs is made of. */
export interface TaskParts {
  readonly task: TaskId;
  /** Every partition of every input, broadcasts whole. */
  readonly sources: readonly Source[];
  readonly store: StateStore;
  readonly dispatch: Dispatch;
  readonly log: Log;
  readonly hostClock: Clock;
  readonly board: ProgressBoard;
  readonly upstream: readonly Upstream[];
  /** The stage itself: what its other tasks have not read may be about a subject of this one. */
  readonly siblings: Upstream;
  readonly siblingSlackMs: number;
  readonly changelog: ChangelogName;
  readonly telemetry: Telemetry;
}

/** What the two time modes do differently. Everything else about a task is the same in both. */
export interface TimeKeeping {
  /** Everything strictly before is processed and committed: what is told to the stages behind. */
  readonly clock: Instant;
  /** The task is stopped: what it has read is not to be relied on. */
  isStopped: boolean;
  /** What the checkpoint keeps. */
  readonly checkpointClock: Instant;
  /** Where a batch stands in time before its first record. */
  readonly now: Instant;
  /** Takes up where the changelog says the task was. */
  restore(checkpoint: Checkpoint): void;
  /** Proves what can be proven before a batch, and tells it. */
  prove(): Promise<void>;
  /** Fills the batch. A stopped one folds, but wakes nothing. Gives what it waits for where a schema isn't known yet. */
  fillBatch(batch: Batch, limit: number): Promise<void> | undefined;
  /** The batch is committed. */
  committed(): void;
  /** The batch is thrown away. */
  discarded(): void;
}
