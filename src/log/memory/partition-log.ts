import type { Ends, LogRecord, Outgoing } from '../../engine/log.ts';
import type { Instant } from '../../values/time.ts';
import { after, instant } from '../../values/time.ts';
import { Chunk, chunkBytes } from './chunk.ts';
import { SeenKeys } from './seen-keys.ts';

/** A compacted partition is not looked at before this many records have come. */
const compactAfterRecords = 4_000;

/** A deletion stays readable this long at least (`delete.retention.ms` of the changelogs), for those who still hold the row. */
const tombstonesForMs = 7 * 24 * 60 * 60 * 1_000;

interface Span {
  readonly from: number;
  until: number;
}

const isIn = (spans: readonly Span[], offset: number): boolean => spans.some(({ from, until }) => offset >= from && offset < until);

/**
 * One partition: offsets, what is committed, what is open. The records of an aborted transaction are taken out when it
 * ends, so everything kept below `stable` is committed, and reading is plain.
 */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly #isCompacted: boolean;
  #chunks: Chunk[] = [];
  #first = 0;
  #high = 0;
  /** By transaction, in the order of their first records here. */
  readonly #open = new Map<object, Span[]>();
  readonly #watchers = new Set<() => void>();
  #usualBytes = 0;
  #untilCompaction = compactAfterRecords;
  /** Deletions below `below` have been seen by a compaction at `at`. */
  #tombstones: { readonly below: number; readonly at: Instant } | undefined;

  constructor(topic: string, partition: number, isCompacted: boolean) {
    this.topic = topic;
    this.partition = partition;
    this.#isCompacted = isCompacted;
  }

  get first(): number {
    return this.#first;
  }

  /** The first offset of the first open transaction. */
  get stable(): number {
    if (this.#open.size > 0) for (const [span] of this.#open.values()) if (span) return span.from;
    return this.#high;
  }

  get high(): number {
    return this.#high;
  }

  ends(): Ends {
    return { first: this.#first, stable: this.stable, high: this.#high };
  }

  /**
   * Adds records, within `transaction` if there is one; gives the offset of the first. `stamp` takes the place of their
   * own timestamps.
   */
  append(records: readonly Outgoing[], now: Instant, stamp?: Instant, transaction?: object): number {
    const from = this.#high;
    for (const record of records) {
      this.#chunkFor((record.key?.length ?? 0) + (record.value?.length ?? 0)).push(this.#high, stamp ?? record.timestamp, record);
      this.#high += 1;
    }
    if (records.length > 0 && transaction) this.#note(transaction, from);
    this.#untilCompaction -= records.length;
    if (!transaction) this.#changed(now);
    return from;
  }

  /** Ends a transaction here. Its marker takes an offset, also where it wrote nothing. */
  end(transaction: object, isCommitted: boolean, now: Instant): void {
    const spans = this.#open.get(transaction);
    this.#open.delete(transaction);
    this.#high += 1;
    if (spans && !isCommitted) this.#remove(spans);
    this.#changed(now);
  }

  /** Committed records at and after `from`, up to `bytes` of them but one at least; `next` is past all that was looked at. */
  read(from: number, bytes: number): { readonly records: readonly LogRecord[]; readonly next: number; readonly tookBytes: number } {
    const { stable } = this;
    const records: LogRecord[] = [];
    let tookBytes = 0;
    for (let at = this.#chunkOf(from); at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at];
      if (!chunk) break;
      for (let index = chunk.indexOf(from); index < chunk.length; index += 1) {
        const offset = chunk.offsetAt(index);
        if (offset >= stable) return { records, next: Math.max(from, stable), tookBytes };
        const recordBytes = chunk.bytesAt(index);
        if (tookBytes + recordBytes > bytes && records.length > 0) return { records, next: offset, tookBytes };
        tookBytes += recordBytes;
        records.push(chunk.recordAt(this.topic, this.partition, index));
      }
    }
    return { records, next: Math.max(from, stable), tookBytes };
  }

  /** Forgets what is before `offset`, as far as it is decided. */
  trim(offset: number): void {
    this.#first = Math.max(this.#first, Math.min(offset, this.stable));
    let whole = 0;
    while (this.#isBehind(this.#chunks[whole])) whole += 1;
    this.#chunks.splice(0, whole);
  }

  /** Keeps of each key its last record only, as far as everything is decided. Offsets stay; what has none keeps all. */
  compact(now: Instant): void {
    const { stable } = this;
    const dropBelow = this.#droppableTombstones(stable, now);
    const kept = this.#lastOfEachKey(stable, dropBelow);
    const chunks = this.#chunks;
    this.#chunks = [];
    let records = 0;
    for (const [at, chunk] of chunks.entries()) records += this.#copy(chunk, (index) => kept[at]?.[index] === 1);
    // Twice as much may come before the next time: then it costs a constant a record, and at most two thirds are superseded.
    this.#untilCompaction = Math.max(compactAfterRecords, 2 * records);
  }

  /** `watcher` is called at each change until it is unwatched. */
  watch(watcher: () => void): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: () => void): void {
    this.#watchers.delete(watcher);
  }

  /** The chunk that the next record goes into. */
  #chunkFor(bytes: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last?.hasRoomFor(bytes)) return last;
    last?.seal();
    // A full chunk is a good guess of what the next one takes.
    if (last) this.#usualBytes = Math.min(chunkBytes, last.bytes);
    const chunk = new Chunk(Math.max(bytes, this.#usualBytes));
    this.#chunks.push(chunk);
    return chunk;
  }

  /** Appends the records of a former chunk that are to be kept; gives how many. */
  #copy(from: Chunk, isKept: (index: number) => boolean): number {
    let records = 0;
    for (let index = 0; index < from.length; index += 1)
      if (isKept(index)) {
        this.#chunkFor(from.bytesAt(index)).pushFrom(from, index);
        records += 1;
      }
    return records;
  }

  #note(transaction: object, from: number): void {
    const spans = this.#open.get(transaction);
    const last = spans?.at(-1);
    if (!spans) this.#open.set(transaction, [{ from, until: this.#high }]);
    else if (last?.until === from) last.until = this.#high;
    else spans.push({ from, until: this.#high });
  }

  #changed(now: Instant): void {
    if (this.#isCompacted && this.#untilCompaction <= 0) this.compact(now);
    for (const watcher of this.#watchers) watcher();
  }

  #isBehind(chunk: Chunk | undefined): boolean {
    return chunk !== undefined && chunk.lastOffset < this.#first;
  }

  /** The first chunk that can hold `offset` or what follows it. */
  #chunkOf(offset: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chunks[middle]?.lastOffset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #remove(spans: readonly Span[]): void {
    const from = this.#chunkOf(spans[0]?.from ?? 0);
    for (const chunk of this.#chunks.splice(from)) this.#copy(chunk, (index) => !isIn(spans, chunk.offsetAt(index)));
  }

  /** Of each chunk a byte a record: 1 to keep. */
  #lastOfEachKey(stable: number, dropBelow: number): readonly Uint8Array[] {
    const kept = this.#chunks.map((chunk) => new Uint8Array(chunk.length));
    const seen = new SeenKeys(
      this.#chunks,
      this.#chunks.reduce((sum, { length }) => sum + length, 0),
    );
    for (let at = this.#chunks.length - 1; at >= 0; at -= 1) {
      const chunk = this.#chunks[at];
      const flags = kept[at];
      if (!chunk || !flags) continue;
      for (let index = chunk.length - 1; index >= 0; index -= 1) {
        const offset = chunk.offsetAt(index);
        if (offset < this.#first) break;
        if (offset >= stable || !chunk.hasKey(index)) flags[index] = 1;
        else if (seen.add(at, index)) flags[index] = offset < dropBelow && chunk.isTombstone(index) ? 0 : 1;
      }
    }
    return kept;
  }

  /** Below this, deletions have been readable long enough, and nothing is left that they delete. */
  #droppableTombstones(stable: number, now: Instant): number {
    const { below, at } = this.#tombstones ?? { below: 0, at: instant(Infinity) };
    const isOver = now >= after(at, tombstonesForMs);
    if (isOver || !this.#tombstones) this.#tombstones = { below: stable, at: now };
    return isOver ? below : 0;
  }
}
