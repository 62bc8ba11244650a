import type { Topic } from '../formats/topic.ts';
import type { Happening } from '../happenings/happening.ts';
import type { Position } from '../values/record.ts';
import type { Instant } from '../values/time.ts';

/** Where and when a record was seen. `time`: live: the broker's append time; records: the record's own. Delays start here or from content, never from task.now. */
export interface Seen extends Position {
  readonly time: Instant;
}

/**
 * State as rows. A key is a subject, or `subject/...` (area/customer), so that nothing grows without bound inside one
 * value; a subject itself has no slash. All rows of a subject are held while it is in quarantine.
 */
export interface Table<S> {
  readonly name: string;
  readonly version: number;
  /** A stored row as a state of today: also called for today's version, so that `pack` can be undone. */
  upcast(from: number, stored: unknown): S;
  /** What is kept of a state, as JSON: worth having for tables of many rows. The state itself where absent. */
  pack?(state: S): unknown;
  /** When the row wants to be woken. The changelog keeps it beside the row: who computes it otherwise raises `version`. */
  wakeAt(state: S): Instant | undefined;
}

/** All that a stage may do; everything done through it belongs to one transaction. */
export interface Task {
  /** The task's clock: nothing before it is missing, here and upstream. In `wake`, live: the clock; records: max(instant last processed, wakeAt). */
  readonly now: Instant;
  /** False when the permit was refused: hold what moves money, go on with the rest. */
  readonly money: boolean;
  /** False where something about the subject is unread: then nothing may be concluded from silence. Only who asked to be woken `whenHeld` meets it. */
  readonly silence: boolean;
  get<S>(table: Table<S>, key: string): Readonly<S> | undefined;
  /** `undefined` deletes. */
  put<S>(table: Table<S>, key: string, state: S | undefined): void;
  /** Rows whose key starts with `prefix` and is greater than `after`, in key order. */
  under<S>(table: Table<S>, prefix: string, after: string, limit: number): Iterable<readonly [string, S]>;
  /** Partition = murmur2 of the key; timestamp = now. */
  emit<T>(topic: Topic<T>, value: T): void;
  /** Telemetry, said once the transaction has committed; never said when it hasn't. */
  tell(happening: Happening): void;
}

/** `written`: by others, or by a stage upstream. `whole`: a broadcast: every task reads all of it, and keeps its rows in its own changelog. */
export interface Input {
  readonly topic: Topic<unknown>;
  readonly written: 'outside' | 'upstream';
  readonly whole: boolean;
  handle(value: unknown, at: Seen, task: Task): void;
  /** Broadcasts: the topic was deleted and created again, so what it said before is void. */
  forget?(task: Task): void;
}

/** An input of a stage; by default written outside and keyed like the stage. */
export const input = <T>(
  topic: Topic<T>,
  handle: (value: T, at: Seen, task: Task) => void,
  as: { readonly written?: 'outside' | 'upstream'; readonly whole?: boolean; readonly forget?: (task: Task) => void } = {},
): Input => ({
  topic: topic,
  written: as.written ?? 'outside',
  whole: as.whole ?? false,
  handle: handle,
  ...(as.forget && { forget: as.forget }),
});

/** `handle` folds; only `wake` concludes. A row may stay due: it goes on in the next transaction. */
export interface Rows {
  readonly table: Table<unknown>;
  /** Woken also while its subject is held, with `task.silence` false: what is over for certain can be said then too. The row stays due. */
  readonly whenHeld?: true;
  wake(key: string, row: unknown, task: Task): void;
}

/** A table of a stage and what happens when a row is due. */
export const rows = <S>(
  table: Table<S>,
  wake?: (key: string, row: Readonly<S>, task: Task) => void,
  as: { readonly whenHeld?: true } = {},
): Rows => ({ table: table, wake: wake ?? (() => {}), ...as });

/** Folds co-partitioned topics of one key; partition p of all its inputs makes task (stage, p). */
export interface Stage {
  readonly name: string;
  /** Co-partitioned, one key, but for the whole ones. At one instant records are folded in this order. */
  readonly inputs: readonly Input[];
  readonly rows: readonly Rows[];
  /** Stages whose clocks bound this one's. */
  readonly upstream: readonly string[];
  /** Where it writes, so that a start can check that the topics are there. */
  readonly outputs: readonly Topic<never>[];
  /** May money move now? Reads rows of the stage's broadcasts; absent: the stage moves none. */
  permit?(get: <S>(table: Table<S>, key: string) => Readonly<S> | undefined): boolean;
}
