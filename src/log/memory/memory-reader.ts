import type { Fetched, Partition, Position, Reader } from '../../engine/log.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock } from '../../values/time.ts';
import type { Client } from '../shared/client.ts';
import type { PartitionLog } from './partition-log.ts';
import type { TopicLogs } from './topic-log.ts';
import type { Transactions } from './transactions.ts';

/** A poll never waits longer, whatever is asked: what else is to be done waits with it. */
const longestWaitMs = 200;

interface Place extends Partition {
  /** Of the topic that `offset` counts in; undefined while there is none. */
  topicId: string | undefined;
  offset: number;
  isPaused: boolean;
}

/** What a place is about to read: where from, and what of. */
interface Ready {
  readonly place: Place;
  readonly log: PartitionLog;
  readonly topicId: string;
  readonly from: number;
  readonly gap: Fetched['gap'];
}

/** Reads committed records straight out of the broker's partitions. */
export class MemoryReader implements Reader {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #topics: TopicLogs;
  readonly #transactions: Transactions;
  readonly #places = new Map<string, Place>();
  readonly #closed = new AbortController();
  /** Who was served first last time is served last this time. */
  #turn = 0;

  constructor(client: Client, clock: Clock, topics: TopicLogs, transactions: Transactions) {
    this.#client = client;
    this.#clock = clock;
    this.#topics = topics;
    this.#transactions = transactions;
  }

  add({ topic, partition, offset }: Position): void {
    const topicId = this.#topics.find(topic)?.id;
    this.#places.set(partitionName({ topic, partition }), { topic, partition, topicId, offset, isPaused: false });
  }

  drop(partition: Partition): void {
    this.#places.delete(partitionName(partition));
  }

  pause(partition: Partition, paused: boolean): void {
    const place = this.#places.get(partitionName(partition));
    if (place) place.isPaused = paused;
  }

  async poll(limit: { readonly bytes: number; readonly waitMs: number }, signal: AbortSignal): Promise<readonly Fetched[]> {
    if (this.#isClosed) return [];
    await this.#client.request('fetch', this.#client.name, () => {});
    const untilMs = this.#clock.now() + Math.min(limit.waitMs, longestWaitMs);
    let ready = this.#ready();
    while (!ready.some((each) => this.#hasMore(each)) && this.#clock.now() < untilMs && !signal.aborted) {
      await this.#waitForChange(ready, untilMs - this.#clock.now(), signal);
      await this.#client.alive();
      if (this.#isClosed) return [];
      ready = this.#ready();
    }
    return this.#fetch(ready, limit.bytes);
  }

  async close(): Promise<void> {
    await this.#client.alive();
    this.#closed.abort();
    this.#places.clear();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted || this.#client.isClosed;
  }

  /** The places that may be read, each with the partition as it is now. */
  #ready(): readonly Ready[] {
    this.#transactions.expire();
    const ready: Ready[] = [];
    for (const place of this.#places.values()) {
      const topic = place.isPaused ? undefined : this.#topics.find(place.topic);
      const log = topic?.partitions[place.partition];
      // What is missing may come; what is there is read meanwhile.
      if (!topic || !log) continue;
      const isAnother = place.topicId !== undefined && place.topicId !== topic.id;
      // Beyond the end: the position was given by a log that is no more.
      const gap = isAnother || place.offset > log.high ? 'recreated' : place.offset < log.first ? 'trimmed' : undefined;
      ready.push({ place, log, topicId: topic.id, from: gap ? log.first : place.offset, gap });
    }
    return ready;
  }

  #hasMore({ log, from, gap }: Ready): boolean {
    return gap !== undefined || log.stable > from;
  }

  async #waitForChange(ready: readonly Ready[], forMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    // By hand: AbortSignal.any costs more than all the rest of an idle poll.
    const ending = [signal, this.#closed.signal, this.#client.over];
    for (const each of ending) each.addEventListener('abort', wake);
    for (const { log } of ready) log.watch(wake);
    await this.#clock.wait(forMs, woken.signal);
    for (const each of ending) each.removeEventListener('abort', wake);
    for (const { log } of ready) log.unwatch(wake);
  }

  #fetch(ready: readonly Ready[], bytes: number): readonly Fetched[] {
    const more = ready.filter((each) => this.#hasMore(each));
    const fetched: Fetched[] = [];
    let leftBytes = bytes;
    for (let served = 0; served < more.length; served += 1) {
      const each = more[(this.#turn + served) % more.length];
      if (!each) continue;
      // What one leaves of its share is for those who come after it.
      const share = Math.max(0, leftBytes) / (more.length - served);
      const { place, log, topicId, from, gap } = each;
      const { records, next, tookBytes } = log.read(from, share);
      leftBytes -= tookBytes;
      place.offset = next;
      place.topicId = topicId;
      const { topic, partition } = place;
      fetched.push({ topic, partition, records, next, ...log.ends(), ...(gap && { gap }) });
    }
    this.#turn += 1;
    return fetched;
  }
}
