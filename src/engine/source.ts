import type { Instant } from '../values/time.ts';
import { never } from '../values/time.ts';
import type { Ends, Fetched, LogRecord, Reader } from './log.ts';
import type { Input } from './stage.ts';

/** Beyond this many bytes waiting a partition is not fetched any more. */
const waitingBytes = 1024 * 1024;

const sizeOf = (record: LogRecord): number => 64 + (record.key?.length ?? 0) + (record.value?.length ?? 0);

/**
 * One input partition of a task: what was fetched and waits, and how far the batch has got. A batch moves `next` and
 * `last`; `commit` makes that true, `rollback` takes it back, so the batch can be done again.
 */
export class Source {
  readonly input: Input;
  readonly topic: string;
  readonly partition: number;
  /** Place in the stage's inputs: what comes first of two records of one instant. */
  readonly place: number;
  /** The next offset to fold. */
  next: number;
  /** Time of the last record folded. */
  last: Instant;
  /** The end of the partition when it was last fetched. */
  high = 0;
  #queue: LogRecord[] = [];
  #at = 0;
  #bytes = 0;
  #fetchedNext: number;
  /** The topic was created again: so many records are to be folded before `next` counts in its new life. */
  #ofLastLife = 0;
  #committed: { readonly next: number; readonly last: Instant; readonly at: number };

  constructor(input: Input, place: number, partition: number, next: number, last: Instant = never) {
    this.input = input;
    this.topic = input.topic.name;
    this.partition = partition;
    this.place = place;
    this.next = next;
    this.last = last;
    this.#fetchedNext = next;
    this.#committed = { next, last, at: 0 };
  }

  get name(): string {
    return `${this.topic}/${this.partition}`;
  }

  /** Everything below is folded and committed. */
  get committedNext(): number {
    return this.#committed.next;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#queue.length;
  }

  head(): LogRecord | undefined {
    return this.#queue[this.#at];
  }

  take(fetched: Fetched): void {
    const left = this.#queue.length - this.#committed.at;
    for (const record of fetched.records) {
      this.#queue.push(record);
      this.#bytes += sizeOf(record);
    }
    this.#fetchedNext = fetched.next;
    this.high = fetched.high;
    this.#settle();
    if (fetched.gap === 'recreated') this.#ofLastLife = this.isEmpty && !this.hasMoved ? 0 : left + 1;
  }

  /** Past the head, which was folded at `time`. */
  advance(time: Instant): void {
    const record = this.#queue[this.#at];
    if (!record) return;
    this.#at += 1;
    this.next = record.offset + 1;
    if (time > this.last) this.last = time;
    this.#settle();
  }

  get hasMoved(): boolean {
    return this.#at !== this.#committed.at;
  }

  commit(): void {
    for (let index = this.#committed.at; index < this.#at; index += 1) {
      const record = this.#queue[index];
      if (record) this.#bytes -= sizeOf(record);
    }
    this.#ofLastLife = Math.max(0, this.#ofLastLife - (this.#at - this.#committed.at));
    if (this.isEmpty) {
      this.#ofLastLife = 0;
      this.#queue = [];
      this.#at = 0;
    } else if (this.#at > 1_000) {
      this.#queue = this.#queue.slice(this.#at);
      this.#at = 0;
    }
    this.#committed = { next: this.next, last: this.last, at: this.#at };
  }

  rollback(): void {
    this.next = this.#committed.next;
    this.last = this.#committed.last;
    this.#at = this.#committed.at;
  }

  /** Fetches more, or waits until what is here is folded. */
  throttle(reader: Reader): void {
    reader.pause(this, this.#bytes > waitingBytes);
  }

  /** True when all that stood below `end` is folded and committed. */
  isPast(end: Pick<Ends, 'high'> | undefined): boolean {
    return end !== undefined && this.#ofLastLife === 0 && this.#committed.next >= end.high;
  }

  // Aborted and control records at the end carry nothing: with the queue empty, the position is past them.
  #settle(): void {
    if (!this.isEmpty || this.#fetchedNext === this.next) return;
    this.next = this.#fetchedNext;
    if (!this.hasMoved) this.#committed = { ...this.#committed, next: this.next };
  }
}
