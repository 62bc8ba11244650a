import type { Topic } from '../formats/topic.ts';
import type { Happening } from '../happenings/happening.ts';
import { invariant } from '../values/invariant.ts';
import { partitionOf } from '../values/murmur2.ts';
import type { Instant } from '../values/time.ts';
import { never } from '../values/time.ts';
import type { Outgoing, Position } from './log.ts';
import { Overlay } from './overlay.ts';
import type { Table, Task } from './stage.ts';
import type { Row, StateStore } from './store.ts';

/** How a record or row is named when it has to be set aside. */
const nameOf = (of: Position | Row): string => ('table' in of ? `${of.table} ${of.key}` : `${of.topic}/${of.partition}@${of.offset}`);

/**
 * What one transaction will hold: the task as a stage sees it. Every record folded and every row woken is a call
 * between `begin` and the next, and can be taken back by `rollback` as if it had never been.
 */
export class Batch implements Task {
  money: boolean;
  readonly overlay: Overlay;
  readonly outgoing: Outgoing[] = [];
  readonly happenings: Happening[] = [];
  readonly #partitionsOf: (topic: string) => number;
  now: Instant;
  /** All timers and all money of the task are held. */
  isStopped = false;
  silence = true;
  /** Records that move money: the transaction needs the permit. */
  guarded = 0;
  folded = 0;
  woken = 0;
  /** The record being folded came at this time; undefined while a row is woken. */
  #foldedAt: Instant | undefined;
  readonly #permit: (() => boolean) | undefined;
  #proves = true;
  #mark = { outgoing: 0, happenings: 0, guarded: 0 };

  /** What was folded or woken last: what to look at when the transaction can't be written. */
  last: Position | Row | undefined;
  readonly #inOrderOfTime: boolean;

  /**
   * `inOrderOfTime`: `records` mode, where a deadline already past fires after all else of the present instant. `permit`: there
   * too, what the switch says at the instant at hand; in live time it is asked for the whole transaction.
   */
  constructor(of: {
    readonly store: StateStore;
    readonly now: Instant;
    readonly money: boolean;
    readonly inOrderOfTime: boolean;
    readonly permit?: (batch: Batch) => boolean;
    readonly partitionsOf: (topic: string) => number;
  }) {
    this.overlay = new Overlay(of.store);
    this.now = of.now;
    this.money = of.money;
    this.#inOrderOfTime = of.inOrderOfTime;
    this.#partitionsOf = of.partitionsOf;
    const { permit } = of;
    this.#permit = permit && (() => permit(this));
  }

  /**
   * What follows belongs to one record (seen at `foldedAt`) or to one timer. `proves` false: the record says nothing of what a
   * gap in another input hides, so a row that was there before it is as untouched as it was.
   */
  begin(now: Instant, foldedAt?: Instant, proves = true): void {
    this.#proves = proves;
    this.now = now;
    this.#foldedAt = foldedAt;
    this.overlay.begin();
    this.#mark.outgoing = this.outgoing.length;
    this.#mark.happenings = this.happenings.length;
    this.#mark.guarded = this.guarded;
  }

  /** `topic/partition@offset` of the record folded last, or `table key` of the row woken last. */
  nameOfLast(): string {
    return this.last ? nameOf(this.last) : '';
  }

  /** True when something was changed or emitted since `begin`. */
  get hasBegun(): boolean {
    return this.overlay.hasBegun || this.outgoing.length > this.#mark.outgoing;
  }

  rollback(): void {
    this.overlay.rollback();
    this.outgoing.length = this.#mark.outgoing;
    this.happenings.length = this.#mark.happenings;
    this.guarded = this.#mark.guarded;
  }

  get<S>(table: Table<S>, key: string): Readonly<S> | undefined {
    return this.overlay.get(table, key) as S | undefined;
  }

  put<S>(table: Table<S>, key: string, state: S | undefined): void {
    const touched = this.#proves || !this.overlay.has(table.name, key) ? this.#foldedAt : undefined;
    this.overlay.put(table, key, state, touched, this.#inOrderOfTime ? this.now : never);
  }

  under<S>(table: Table<S>, prefix: string, after: string, limit: number): Iterable<readonly [string, S]> {
    return this.overlay.under(table, prefix, after, limit) as Iterable<readonly [string, S]>;
  }

  emit<T>(topic: Topic<T>, value: T): void {
    const { key, value: bytes, headers } = topic.encode(value);
    invariant(key !== null, `a record for ${topic.name} has a key`);
    invariant(!topic.guarded || (this.money && (this.#permit?.() ?? true)), `nothing for ${topic.name} while money is held`);
    const partition = partitionOf(key, this.#partitionsOf(topic.name));
    this.outgoing.push({ topic: topic.name, partition, key, value: bytes, timestamp: this.now, ...(headers && { headers }) });
    if (topic.guarded) this.guarded += 1;
  }

  tell(happening: Happening): void {
    this.happenings.push(happening);
  }
}
