import { tickHeader } from '../values/record.ts';
import { invariant } from '../values/invariant.ts';
import type { Instant } from '../values/time.ts';
import { instant, never } from '../values/time.ts';
import type { Batch } from './batch.ts';
import type { Checkpoint } from './changelog.ts';
import { noticeInput, OwnRecordUnreadable } from './dispatch.ts';
import type { Ends, LogRecord } from './log.ts';
import { progressRecord } from './progress.ts';
import type { Waiting } from './reserved-tables.ts';
import { waitingTable } from './reserved-tables.ts';
import type { Source } from './source.ts';
import type { Row } from './store.ts';
import type { TaskParts, TimeKeeping } from './time-keeping.ts';

/** What comes next in time, and where it is from. */
type Next =
  | { readonly kind: 'record'; readonly time: number; readonly source: Source; readonly record: LogRecord }
  | { readonly kind: 'waiting' | 'timer'; readonly time: number; readonly row: Row };

const isTick = (record: LogRecord): boolean => record.value === null && record.headers().has(tickHeader);

/** True when `source` can't bring anything any more that would come before (time, place, partition). */
const isBehind = (source: Source, time: number, before: Source): boolean =>
  source.last > time ||
  (source.last === time && (source.place > before.place || (source.place === before.place && source.partition > before.partition)));

/**
 * Time is the records'. Outside inputs, each in order of time within a partition, are merged by (time, place); records
 * of upstream stages become rows that wait for their time, so that positions stay prefixes and nothing has to be
 * buffered. At one instant: outside records, what waits, then timers. The same history gives the same records out,
 * however it is split.
 */
export class RecordsMode implements TimeKeeping {
  readonly #parts: TaskParts;
  readonly #outside: readonly Source[];
  readonly #fromUpstream: readonly Source[];
  readonly #notices: readonly Source[];
  clock: Instant = never;
  isStopped = false;
  /** The instant last processed, in the batch and as committed. */
  #instant: Instant = never;
  #committedInstant: Instant = never;
  /** Everything that upstream stages wrote strictly before is read. */
  #proven: Instant;
  #sample: { readonly upstream: Instant; readonly ends: readonly Ends[] } | undefined;
  #told: Instant = never;

  constructor(parts: TaskParts) {
    this.#parts = parts;
    this.#outside = parts.sources.filter(({ input }) => input.written === 'outside');
    this.#fromUpstream = parts.sources.filter(({ input }) => input.written === 'upstream' && input !== noticeInput);
    this.#notices = parts.sources.filter(({ input }) => input === noticeInput);
    this.#proven = parts.upstream.length === 0 ? instant(Infinity) : never;
  }

  get now(): Instant {
    return this.#instant;
  }

  get checkpointClock(): Instant {
    return this.#instant;
  }

  restore(checkpoint: Checkpoint): void {
    this.#instant = checkpoint.clock;
    this.#committedInstant = checkpoint.clock;
  }

  async prove(): Promise<void> {
    const { board, upstream, log } = this.#parts;
    this.#usePassedSample();
    if (!this.#sample && upstream.length > 0) {
      const least = board.leastClock(upstream);
      if (least > this.#proven) {
        this.#sample = { upstream: least, ends: await log.ends(this.#fromUpstream) };
        this.#usePassedSample();
      }
    }
    await this.#tell();
  }

  fillBatch(batch: Batch, limit: number): Promise<void> | undefined {
    const { dispatch } = this.#parts;
    for (const source of this.#notices)
      for (let record = source.head(); record; record = source.head()) {
        dispatch.fold(batch, source.input, record, instant(Math.max(record.timestamp, this.#instant)));
        source.advance(record.timestamp);
      }
    this.#letWait(batch, limit);
    const gapBefore = dispatch.gapBefore(batch);
    const { money } = batch;
    while (batch.folded + batch.woken < limit) {
      const next = this.#next(batch);
      if (!next || !this.#isComplete(next)) return undefined;
      const now = instant(Math.max(next.time, this.#instant));
      if (next.kind === 'record') {
        const later = this.#foldRecord(batch, next.source, next.record, now);
        if (later) return later;
        this.#instant = now;
      } else if (next.kind === 'waiting') {
        this.#instant = now;
        this.#foldWaiting(batch, next.row, now);
      } else {
        batch.money = money && !batch.isStopped && !dispatch.hasUnreadBroadcast(batch);
        if (!dispatch.wake(batch, next.row, now, gapBefore)) continue;
        this.#instant = now;
        if (batch.overlay.isDue(next.row.table, next.row.key, now)) return undefined; // goes on in the next transaction
      }
    }
    return undefined;
  }

  committed(): void {
    this.#committedInstant = this.#instant;
  }

  discarded(): void {
    this.#instant = this.#committedInstant;
  }

  #usePassedSample(): void {
    const sample = this.#sample;
    if (!sample || !this.#fromUpstream.every((source, index) => source.isPast(sample.ends[index]))) return;
    this.#proven = sample.upstream;
    this.#sample = undefined;
  }

  /** Tells the clock where it has moved: nothing before it is left to do, and nothing before it can come. */
  async #tell(): Promise<void> {
    const { store, task, changelog, board, log, hostClock, telemetry } = this.#parts;
    let least: number = this.#proven;
    for (const source of this.#outside) least = Math.min(least, source.head()?.timestamp ?? source.last);
    const due = store.firstDue();
    if (due) least = Math.min(least, Math.max(due.wakeAt, this.#instant));
    if (least <= this.clock) return;
    this.clock = instant(least);
    if (this.clock <= this.#told) return;
    await log.append([progressRecord(task, changelog, { clock: this.clock, read: this.clock }, board.partitions, hostClock.now())]);
    this.#told = this.clock;
    telemetry({ name: 'ClockMoved', ...task, clock: this.clock });
  }

  /** Records of upstream stages become rows that wait for their time. */
  #letWait(batch: Batch, limit: number): void {
    for (const source of this.#fromUpstream)
      for (let record = source.head(); record && batch.folded < limit; record = source.head()) {
        const { input, place } = source;
        const decoded = input.topic.decode(record);
        if (decoded.kind === 'later') return;
        if (decoded.kind === 'unreadable')
          throw new OwnRecordUnreadable(`${record.topic}/${record.partition}@${record.offset}: ${decoded.code}: ${decoded.reason}`);
        const { topic, partition, offset, timestamp: time } = record;
        const order = input.topic.order?.(decoded.value) ?? '';
        batch.begin(this.#instant, time);
        batch.put(waitingTable, `${String(place).padStart(3, '0')}|${order}|${topic}|${partition}|${offset}`, {
          topic,
          partition,
          offset,
          time,
          place,
          key: record.key?.toString('utf8') ?? '',
          value: decoded.value,
        } satisfies Waiting);
        batch.folded += 1;
        source.advance(time);
      }
  }

  #next(batch: Batch): Next | undefined {
    let next: Next | undefined;
    for (const source of this.#outside) {
      const record = source.head();
      // Sources are in order of place and partition, so of one instant the first stays.
      if (record && (!next || record.timestamp < next.time)) next = { kind: 'record', time: record.timestamp, source, record };
    }
    if (next && batch.overlay.dueBound > next.time) return next;
    const row = batch.isStopped ? this.#firstWaiting(batch) : batch.overlay.firstDue();
    if (!row) return next;
    const kind = row.table === waitingTable.name ? 'waiting' : 'timer';
    const time = Math.max(row.wakeAt, this.#instant);
    return next && next.time <= time ? next : { kind, time, row };
  }

  /** The record that waits with the least time; timers are put aside for this batch. */
  #firstWaiting(batch: Batch): Row | undefined {
    for (;;) {
      const row = batch.overlay.firstDue();
      if (!row || row.table === waitingTable.name) return row;
      batch.overlay.take(row);
    }
  }

  /** True when nothing can come any more that would have to be processed before `next`. */
  #isComplete(next: Next): boolean {
    if (next.kind === 'record') {
      if (this.#proven < next.time) return false;
      return this.#outside.every((source) => !source.isEmpty || isBehind(source, next.time, next.source) || source === next.source);
    }
    return this.#proven > next.time && this.#outside.every((source) => !source.isEmpty || source.last > next.time);
  }

  #foldRecord(batch: Batch, source: Source, record: LogRecord, now: Instant): Promise<void> | undefined {
    batch.now = now;
    if (!isTick(record)) {
      const { dispatch, task, telemetry } = this.#parts;
      const folded = dispatch.fold(batch, source.input, record, now);
      if (folded !== 'folded') return folded.later;
      if (record.timestamp < source.last)
        telemetry({ name: 'RecordLate', stage: task.stage, topic: record.topic, partition: record.partition, offset: record.offset });
    }
    batch.folded += 1;
    source.advance(record.timestamp);
    return undefined;
  }

  #foldWaiting(batch: Batch, row: Row, now: Instant): void {
    const waiting = batch.get(waitingTable, row.key);
    invariant(waiting, `${row.key} waits`);
    const { topic, partition, offset, key, value } = waiting;
    // By name: another version of the stage may have its inputs in another order.
    const input = this.#fromUpstream.find((source) => source.topic === topic)?.input;
    invariant(input, `${topic} is still an input`);
    batch.overlay.take(row);
    batch.last = row;
    batch.begin(now);
    batch.put(waitingTable, row.key, undefined);
    batch.woken += 1;
    this.#parts.dispatch.hand(batch, input, value, { topic, partition, offset, time: now }, key);
  }
}
