import type { ErrorCode } from '../happenings/errors.ts';
import type { Position } from '../values/record.ts';
import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';
import type { Table } from './stage.ts';

const reserved = <S>(name: string, wakeAt: (state: S) => Instant | undefined = () => undefined): Table<S> => ({
  name,
  version: 1,
  wakeAt,
  upcast: (_, stored) => stored as S,
});

/** A record of an upstream stage that waits for its time to come (`records` mode). */
export interface Waiting extends Position {
  readonly time: number;
  /** Place of its input in the stage. */
  readonly place: number;
  readonly key: string;
  readonly value: unknown;
}

// The mark sorts it before every other table: at one instant what waits is folded before timers fire.
export const waitingTable = reserved<Waiting>('!waiting', ({ time }) => instant(time));

/** Why a subject's timers are held. By subject. */
export interface Quarantined extends Position {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly at: Instant;
  /** When records that could not be read came last, by topic: of each, a good one observed later makes up for them. */
  readonly unread: Readonly<Record<string, Instant>>;
  /** The version of the code that failed on a timer; another one tries once more. */
  readonly version?: string;
}
export const quarantineTable = reserved<Quarantined>('quarantine');

/** Why all timers and all money of the task are held: by code, until an operator releases them. */
export interface Stopped {
  readonly code: ErrorCode;
  readonly why: string;
  readonly at: Instant;
}
export const stoppedTable = reserved<Stopped>('stopped');

/** How many records of a topic were misplaced since `since`. By topic. */
export interface Misplaced {
  readonly count: number;
  readonly since: Instant;
}
export const misplacedTable = reserved<Misplaced>('misplaced');

/** Records of an input that nobody read. By topic|partition: rows touched last before `before` prove no absence. */
export interface Gap {
  readonly kind: 'trimmed' | 'recreated';
  readonly before: number | null;
}
export const gapTable = reserved<Gap>('gap');

/** A record of a broadcast that could not be read: no money until a good one comes under the same key. By topic|key. */
export interface Unread {
  readonly code: ErrorCode;
  readonly offset: number;
  /** When it came; absent in rows of the first version. */
  readonly at?: Instant;
}
export const unreadTable = reserved<Unread>('unread');

export const reservedTables: readonly Table<unknown>[] = [
  waitingTable,
  quarantineTable,
  stoppedTable,
  misplacedTable,
  gapTable,
  unreadTable,
] as readonly Table<unknown>[];
