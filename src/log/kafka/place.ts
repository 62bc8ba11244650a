import type { Ends, Fetched, Partition } from '../../engine/log.ts';
import type { Instant } from '../../values/time.ts';
import { never } from '../../values/time.ts';
import type { FetchedPartition } from './codec/apis/fetch.ts';
import type { Share } from './codec/record-set.ts';
import { RecordSet } from './codec/record-set.ts';

/** As much of one partition is fetched at a time, in bytes. */
export const partitionFetchBytes = 512 * 1024;

/** A partition that a reader reads: where it stands, and what was fetched ahead of it. */
export class Place implements Partition {
  /** As the broker calls it. */
  readonly topic: string;
  readonly partition: number;
  /** As we call it. */
  readonly ours: string;
  /** Called when there is something for its reader. */
  readonly changed: () => void;
  /** Of the topic that `offset` counts in; undefined until it is first fetched. */
  topicId: string | undefined;
  /** The next offset to fetch. */
  offset: number;
  isPaused = false;
  isDropped = false;
  isBeingFetched = false;
  /** Not fetched before. */
  retryAt: Instant = never;
  failingSince: Instant | undefined;
  /** To be told by the next poll. */
  failure: Error | undefined;
  /** When something last came, or might have: it is asked for more often for a while. */
  stirredAt: Instant;
  #ends: Ends = { first: 0, stable: 0, high: 0 };
  #gap: Fetched['gap'];
  #sets: RecordSet[] = [];
  /** So many of `#sets` stand before the gap: they are handed out by themselves, so that no answer holds records of both sides. */
  #beforeGap = 0;

  constructor(of: {
    readonly topic: string;
    readonly partition: number;
    readonly ours: string;
    readonly offset: number;
    readonly topicId: string | undefined;
    readonly now: Instant;
    readonly changed: () => void;
  }) {
    this.topic = of.topic;
    this.partition = of.partition;
    this.ours = of.ours;
    this.offset = of.offset;
    this.topicId = of.topicId;
    this.stirredAt = of.now;
    this.changed = of.changed;
  }

  /** Something to hand out. */
  get hasMore(): boolean {
    if (this.isPaused || this.isDropped) return false;
    // A gap is told with the first records behind it, where there are any.
    return this.#sets.length > 0 || (this.#gap !== undefined && this.#ends.stable <= this.offset);
  }

  get wantsMore(): boolean {
    if (this.isPaused || this.isDropped || this.isBeingFetched || this.failure) return false;
    return this.#sets.reduce((bytes, set) => bytes + set.bytesLeft, 0) < partitionFetchBytes / 2;
  }

  /** What a fetch from `offset` brought. */
  take({ recordSet, abortedTransactions, logStartOffset, lastStableOffset, highWatermark }: FetchedPartition): boolean {
    this.failingSince = undefined;
    this.#ends = { first: logStartOffset, stable: lastStableOffset, high: highWatermark };
    if (recordSet.length === 0) return false;
    const set = new RecordSet({ topic: this.ours, partition: this.partition, recordSet, abortedTransactions }, this.offset);
    if (set.isEmpty) return false;
    this.offset = set.end;
    this.#sets.push(set);
    return true;
  }

  /** What stood at `offset` can't be read any more: reading goes on at the first record kept. */
  jump(gap: NonNullable<Fetched['gap']>, topicId: string, ends: Ends): void {
    // A second one before the first was told: what was fetched between the two is not handed out, so they are one.
    if (this.#gap) this.#sets.length = this.#beforeGap;
    this.#beforeGap = this.#sets.length;
    this.#gap = this.#gap === 'recreated' ? this.#gap : gap;
    this.#ends = ends;
    this.topicId = topicId;
    this.offset = ends.first;
  }

  /**
   * At most so many bytes, but at least a record; to be called only if it `hasMore`. Throws AMENDS_BATCH_UNREADABLE, once the
   * records before that batch are handed out.
   */
  read(limitBytes: number): { readonly fetched: Fetched; readonly bytes: number } {
    const records: Fetched['records'][number][] = [];
    let bytes = 0;
    let next = this.offset;
    const isBeforeGap = this.#beforeGap > 0;
    for (let set = this.#sets[0]; set && isBeforeGap === this.#beforeGap > 0; set = this.#sets[0]) {
      const read = this.#readSet(set, limitBytes - bytes, records.length > 0);
      if (!read) break;
      for (const record of read.records) records.push(record);
      bytes += read.bytes;
      next = read.next;
      if (!set.isEmpty) break;
      this.#sets.shift();
      if (isBeforeGap) this.#beforeGap -= 1;
      if (bytes >= limitBytes) break;
    }
    const gap = isBeforeGap ? undefined : this.#gap;
    if (gap) this.#gap = undefined;
    return { fetched: { topic: this.ours, partition: this.partition, records, next, ...this.#ends, ...(gap && { gap }) }, bytes };
  }

  /** Undefined where the set can't be read and others before it were: their records come first. */
  #readSet(set: RecordSet, limitBytes: number, isBehindOthers: boolean): Share | undefined {
    try {
      return set.read(limitBytes);
    } catch (error) {
      if (!isBehindOthers) throw error;
      return undefined;
    }
  }
}
