import type { ErrorCode } from '../happenings/errors.ts';
import type { LogRecord, Outgoing } from '../values/record.ts';
import type { Instant } from '../values/time.ts';

/** What became of a record's bytes. */
export type Decoded<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unreadable'; readonly code: ErrorCode; readonly reason: string; readonly subject?: string } // to the dead letters; `subject`: whom the value is about, where it can be told in spite of the key
  | { readonly kind: 'later'; readonly ready: Promise<void> }; // a registry that doesn't answer: wait, it isn't bad

/** A topic as the pipeline knows it: name, bytes to value and back. Everything from outside passes `decode` once. */
export interface Topic<T> {
  readonly name: string;
  readonly compacted: boolean;
  /** Moves money: a transaction with such a record needs the permit. */
  readonly guarded?: boolean;
  decode(record: LogRecord): Decoded<T>;
  encode(value: T): Pick<Outgoing, 'key' | 'value' | 'headers'>;
  /** Internal topics: what decides between records of one instant (issue id and revision). */
  order?(value: T): string;
  /** When what the record tells happened out there, where its content says so. */
  observedAt?(value: T): Instant | undefined;
}
