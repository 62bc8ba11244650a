import type { LogRecord, Outgoing, Partition, Position } from '../values/record.ts';
import type { Instant } from '../values/time.ts';

export type { LogRecord, Outgoing, Partition, Position };

/** `first`: the oldest record kept; `stable`: everything below is decided; `high`: the end, uncommitted included. */
export interface Ends {
  readonly first: number;
  readonly stable: number;
  readonly high: number;
}

/** Committed records only. `next` is past control and aborted records too, so it reaches the end of the partition. */
export interface Fetched extends Partition, Ends {
  readonly records: readonly LogRecord[];
  readonly next: number;
  readonly gap?: 'trimmed' | 'recreated';
}

/** Reads committed records of the partitions added to it, each from its own position. */
export interface Reader {
  /** A fair share of `bytes` to each partition that is not paused; waits at most `waitMs` (200 at most) for something to come. */
  poll(limit: { readonly bytes: number; readonly waitMs: number }, signal: AbortSignal): Promise<readonly Fetched[]>;
  add(from: Position): void;
  drop(partition: Partition): void;
  pause(partition: Partition, paused: boolean): void;
  close(): Promise<void>;
}

/** Anything but `committed`: throw the overlay away and take the task over afresh; the changelog knows the truth. */
export type Outcome =
  | { readonly outcome: 'committed'; readonly ends: readonly Position[] } // past the last record, a partition each
  | { readonly outcome: 'aborted'; readonly reason: string; readonly permanent: boolean; readonly tooLarge?: true } // permanent: no such topic, not authorised, or a record too large for its topic
  | { readonly outcome: 'unknown' | 'fenced'; readonly reason: string };

/**
 * A transaction is a value: nobody can hold one open. Input positions are one of its records, in the changelog. The bytes of
 * the records are the caller's again once `commit` has answered: a log copies what it needs for longer.
 */
export interface Writer {
  /** `permit` is asked before the first produce and again before the end request; false aborts (reason `permit`, not permanent). */
  commit(records: readonly Outgoing[], permit?: () => Promise<boolean>): Promise<Outcome>;
  close(): Promise<void>;
}

export interface TaskId {
  readonly stage: string;
  readonly partition: number;
}

export interface Membership {
  /** The tasks that are ours, by a round trip. Rejects while the coordinator can't be asked: not knowing isn't losing. */
  confirm(): Promise<readonly TaskId[]>;
  /** Why the group has not heard of us for longer than a session: it may give our tasks to others. Absent where it has. */
  readonly unheard?: string | undefined;
  /** For lag tools only: the truth about positions is in the changelogs. */
  commitOffsets(positions: readonly Position[]): Promise<void>;
  leave(): Promise<void>;
}

export interface TopicDescription {
  /** Changes when a topic is deleted and created again. */
  readonly id: string;
  readonly partitions: number;
}

/** The port between the engine and a log. Two logs stand behind it, under one conformance suite. */
export interface Log {
  /** One membership a process, of all tasks there are. After the sync: `losing` what moved (bounded), `assigned` what is new; the rest runs on. */
  join(
    group: string,
    tasks: readonly TaskId[],
    on: { assigned(fresh: readonly TaskId[]): void; losing(moved: readonly TaskId[]): Promise<void> },
  ): Promise<Membership>;
  read(): Reader;
  /** Fences the last owner of the id and settles what it left; may take 10 s and more. */
  write(transactionalId: string, signal: AbortSignal): Promise<Writer>;
  /** Sampled at the leader, in the order asked; `high` includes uncommitted records. */
  ends(partitions: readonly Partition[]): Promise<readonly Ends[]>;
  describe(topic: string): Promise<TopicDescription>;
  /** Internal topics, behind what every reader has committed. */
  trim(before: readonly Position[]): Promise<void>;
  /** No transaction, at least once (it can fail though written): publish, approvals, controls, progress. */
  append(records: readonly Outgoing[]): Promise<readonly { readonly position: Position; readonly appendedAt: Instant }[]>;
  close(): Promise<void>;
}

/** Where a log can be made to fail; a constructor option of both logs, for the simulation and the conformance suite. */
export type FaultPoint =
  | 'join'
  | 'heartbeat'
  | 'fetch'
  | 'ends'
  | 'initialise'
  | 'addPartitions'
  | 'produce'
  | 'end'
  | 'after-addPartitions'
  | 'after-produce'
  | 'after-end';

/** `owner` is the transactional id, or the member's name. `crash` never resolves the call: the process is gone. */
export type FaultHook = (point: FaultPoint, owner: string) => Promise<'none' | 'refuse' | 'lose-request' | 'lose-answer' | 'crash'>;

/** `stage/partition`, the name of a task in changelogs, progress and messages. */
export const taskName = (task: TaskId): string => `${task.stage}/${task.partition}`;
