import type { Fetched, Partition, Position, Reader } from '../../engine/log.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock } from '../../values/time.ts';
import type { Client } from '../shared/client.ts';
import type { Cluster } from './cluster.ts';
import type { Fetcher } from './fetcher.ts';
import { Place } from './place.ts';
import type { TopicNames } from './settings.ts';

/** A poll never waits longer, whatever is asked: what else is to be done waits with it. */
const longestWaitMs = 200;

/** Hands out what the process's fetcher brings. */
export class KafkaReader implements Reader {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #cluster: Cluster;
  readonly #fetcher: Fetcher;
  readonly #names: TopicNames;
  readonly #places = new Map<string, Place>();
  /** Added, and not polled yet: nothing is fetched for who may add it anew at once. */
  #fresh: Place[] = [];
  #isClosed = false;
  #wake = (): void => {};
  /** Who was served first last time is served last this time. */
  #turn = 0;

  constructor(of: {
    readonly client: Client;
    readonly clock: Clock;
    readonly cluster: Cluster;
    readonly fetcher: Fetcher;
    readonly names: TopicNames;
  }) {
    this.#client = of.client;
    this.#clock = of.clock;
    this.#cluster = of.cluster;
    this.#fetcher = of.fetcher;
    this.#names = of.names;
  }

  add({ topic: ours, partition, offset }: Position): void {
    this.drop({ topic: ours, partition });
    const topic = this.#names.toBroker(ours);
    const changed = (): void => this.#wake();
    const place = new Place({
      topic,
      partition,
      ours,
      offset,
      topicId: this.#cluster.lastIdOf(topic),
      now: this.#clock.now(),
      changed,
    });
    this.#places.set(partitionName({ topic: ours, partition }), place);
    this.#fresh.push(place);
  }

  drop(partition: Partition): void {
    const name = partitionName(partition);
    const place = this.#places.get(name);
    this.#places.delete(name);
    if (place) this.#fetcher.remove(place);
  }

  pause(partition: Partition, paused: boolean): void {
    const place = this.#places.get(partitionName(partition));
    if (!place || place.isPaused === paused) return;
    place.isPaused = paused;
    if (!paused) this.#fetcher.kick();
  }

  async poll(limit: { readonly bytes: number; readonly waitMs: number }, signal: AbortSignal): Promise<readonly Fetched[]> {
    if (this.#isClosed || this.#client.isClosed) return [];
    await this.#client.alive();
    for (const place of this.#fresh) if (!place.isDropped) this.#fetcher.add(place);
    this.#fresh = [];
    const untilMs = this.#clock.now() + Math.min(limit.waitMs, longestWaitMs);
    for (;;) {
      const fetched = this.#take(limit.bytes);
      const leftMs = untilMs - this.#clock.now();
      if (fetched.length > 0 || leftMs <= 0 || signal.aborted || this.#isClosed) return fetched;
      await this.#waitForChange(leftMs, signal);
      await this.#client.alive();
    }
  }

  async close(): Promise<void> {
    await this.#client.alive();
    this.#isClosed = true;
    for (const place of this.#places.values()) this.#fetcher.remove(place);
    this.#places.clear();
    this.#wake();
  }

  async #waitForChange(forMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    this.#wake = wake;
    const ending = [signal, this.#client.over];
    for (const each of ending) each.addEventListener('abort', wake);
    await this.#clock.wait(forMs, woken.signal);
    for (const each of ending) each.removeEventListener('abort', wake);
  }

  #take(bytes: number): readonly Fetched[] {
    const more: Place[] = [];
    for (const place of this.#places.values()) {
      if (place.failure) {
        const { failure } = place;
        for (const each of this.#places.values()) if (each.failure) this.#fetcher.retry(each);
        throw failure;
      }
      if (place.hasMore) more.push(place);
    }
    const fetched: Fetched[] = [];
    let leftBytes = bytes;
    const turn = this.#turn;
    this.#turn += 1;
    for (let served = 0; served < more.length; served += 1) {
      const place = more[(turn + served) % more.length];
      if (!place) continue;
      // What one leaves of its share is for those who come after it.
      try {
        const read = place.read(Math.max(0, leftBytes) / (more.length - served));
        leftBytes -= read.bytes;
        fetched.push(read.fetched);
      } catch (error) {
        // What others have given is handed out; it is told when nothing stands before it.
        if (fetched.length === 0) throw error;
        break;
      }
    }
    if (more.length > 0) this.#fetcher.kick();
    return fetched;
  }
}
