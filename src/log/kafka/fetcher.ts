import type { Ends, Partition } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock } from '../../values/time.ts';
import { after, instant, secondMs } from '../../values/time.ts';
import type { Client } from '../shared/client.ts';
import { Injected, Refused } from '../shared/refused.ts';
import type { Cluster, Lane } from './cluster.ts';
import type { FetchedPartition } from './codec/apis/fetch.ts';
import { fetchApi } from './codec/apis/fetch.ts';
import { errorOf } from './codec/error-codes.ts';
import { ConnectionLost } from './connection-lost.ts';
import type { Place } from './place.ts';
import { partitionFetchBytes } from './place.ts';
import { refusedFor } from './refused-for.ts';

type FetchLane = Extract<Lane, `fetch-${string}`>;

/** The most that one answer of a broker brings, in bytes, however many partitions it is for. */
const fetchBytes = 4 * 1024 * 1024;
/** How long a broker holds an answer while nothing comes: what is to be fetched from it meanwhile waits as long. */
const longestWaitMs: Readonly<Record<FetchLane, number>> = { 'fetch-busy': 20, 'fetch-idle': 200 };
/** So long after something came a partition is asked for by itself, apart from those where nothing stirs. */
const busyForMs = secondMs;
const retryMs = 100;

/**
 * Fetches for all readers of a process, ahead of what they ask for: one request at a time a broker and lane, for all
 * partitions that have room. A partition that several read from the same place is fetched once.
 */
export class Fetcher {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #cluster: Cluster;
  readonly #ends: (partition: Partition) => Promise<Ends>;
  readonly #patienceMs: number;
  readonly #places = new Set<Place>();
  readonly #running = new Set<string>();
  readonly #locating = new Set<string>();
  #isKicked = false;
  #turn = 0;

  constructor(of: {
    readonly client: Client;
    readonly clock: Clock;
    readonly cluster: Cluster;
    /** Of a partition as the broker calls it. */
    readonly ends: (partition: Partition) => Promise<Ends>;
    /** After failing for so long a reader is told. */
    readonly patienceMs: number;
  }) {
    this.#client = of.client;
    this.#clock = of.clock;
    this.#cluster = of.cluster;
    this.#ends = of.ends;
    this.#patienceMs = of.patienceMs;
  }

  add(place: Place): void {
    this.#places.add(place);
    this.kick();
  }

  remove(place: Place): void {
    place.isDropped = true;
    this.#places.delete(place);
  }

  /** Some place may want more. */
  kick(): void {
    if (this.#isKicked) return;
    this.#isKicked = true;
    queueMicrotask(() => {
      this.#isKicked = false;
      if (!this.#client.over.aborted) this.#start();
    });
  }

  #start(): void {
    const now = this.#clock.now();
    for (const place of this.#places) {
      if (!place.wantsMore || place.retryAt > now) continue;
      const leader = this.#cluster.leaderNow(place);
      if (leader === undefined) void this.#locate(place);
      else void this.#run(leader, this.#laneOf(place));
    }
  }

  #laneOf(place: Place): FetchLane {
    return this.#clock.now() < after(place.stirredAt, busyForMs) ? 'fetch-busy' : 'fetch-idle';
  }

  /** Finds out who leads the place, and whether its topic is still the one that it was. */
  async #locate(place: Place): Promise<void> {
    const name = partitionName(place);
    if (this.#locating.has(name)) return;
    this.#locating.add(name);
    try {
      await this.#cluster.leaderOf(place);
      this.kick();
    } catch (error) {
      for (const each of this.#places) if (partitionName(each) === name) this.#fail(each, error);
    } finally {
      this.#locating.delete(name);
    }
  }

  async #run(node: number, lane: FetchLane): Promise<void> {
    const name = `${node} ${lane}`;
    if (this.#running.has(name)) return;
    this.#running.add(name);
    try {
      for (;;) {
        const places = this.#readyFor(node, lane);
        if (places.length === 0 || this.#client.over.aborted) break;
        await this.#fetch(node, lane, places);
      }
    } finally {
      this.#running.delete(name);
    }
    // What has become ready while the last one ended.
    this.kick();
  }

  /** The places to fetch now, each partition from one offset; who came first last time comes last. */
  #readyFor(node: number, lane: FetchLane): readonly Place[] {
    const now = this.#clock.now();
    const ready: Place[] = [];
    const from = new Map<string, number>();
    const places = [...this.#places];
    for (let index = 0; index < places.length; index += 1) {
      const place = places[(index + this.#turn) % places.length];
      if (!place?.wantsMore || place.retryAt > now || this.#cluster.leaderNow(place) !== node || this.#laneOf(place) !== lane) continue;
      const id = this.#cluster.lastIdOf(place.topic);
      if (id === undefined) continue;
      if (place.topicId !== undefined && place.topicId !== id) {
        void this.#jump(place, 'recreated');
        continue;
      }
      place.topicId = id;
      const name = partitionName(place);
      if ((from.get(name) ?? place.offset) !== place.offset) continue;
      from.set(name, place.offset);
      ready.push(place);
    }
    this.#turn += 1;
    return ready;
  }

  async #fetch(node: number, lane: FetchLane, places: readonly Place[]): Promise<void> {
    for (const place of places) place.isBeingFetched = true;
    const offsets = new Map(places.map((place) => [partitionName(place), place]));
    const partitions = [...offsets.values()].map(({ partition, topicId = '', offset }) => ({
      topicId,
      partition,
      fetchOffset: offset,
      maxBytes: partitionFetchBytes,
    }));
    let answer: ReturnType<typeof fetchApi.decode>;
    try {
      answer = await this.#client.request('fetch', this.#client.name, () =>
        this.#cluster.send(node, lane, fetchApi, { maxWaitMs: longestWaitMs[lane], minBytes: 1, maxBytes: fetchBytes, partitions }),
      );
      if (answer.errorCode !== 0) throw refusedFor(answer.errorCode, 'fetch');
    } catch (error) {
      if (error instanceof ConnectionLost) this.#cluster.forgetNode(node);
      for (const place of places) this.#fail(place, error);
      return;
    } finally {
      // Before the answer is taken: a place that jumps because of it is not to be fetched meanwhile.
      for (const place of places) place.isBeingFetched = false;
    }
    const told = new Map(answer.partitions.map((each) => [`${each.topicId}/${each.partition}`, each]));
    for (const place of places)
      try {
        this.#take(place, told.get(`${place.topicId}/${place.partition}`));
      } catch (error) {
        this.#fail(place, error);
      }
  }

  #take(place: Place, fetched: FetchedPartition | undefined): void {
    if (place.isDropped || !fetched) return;
    const { kind } = errorOf(fetched.errorCode);
    if (kind === 'none') {
      if (!place.take(fetched)) return;
      place.stirredAt = this.#clock.now();
      place.changed();
    } else if (kind === 'out-of-range') void this.#jump(place, undefined);
    else {
      this.#cluster.forget(place.topic);
      const refused = refusedFor(fetched.errorCode, partitionName(place));
      this.#fail(place, kind === 'missing' || kind === 'refresh' ? new Refused('transient', refused.message) : refused);
    }
  }

  /** Reading goes on where there is something to read again: what stood before it nobody will ever read. */
  async #jump(place: Place, known: 'recreated' | undefined): Promise<void> {
    place.isBeingFetched = true;
    try {
      const ends = await this.#ends(place);
      const id = this.#cluster.lastIdOf(place.topic);
      if (place.isDropped || id === undefined) return;
      // Who said that it is another topic knew of an earlier one: brokers hear of a new topic one after the other.
      if (known === 'recreated' && id === place.topicId) return;
      // Beyond the end: the position was given by a log that is no more.
      place.jump(known ?? (place.offset > ends.high || place.topicId !== id ? 'recreated' : 'trimmed'), id, ends);
      place.stirredAt = this.#clock.now();
      place.changed();
    } catch (error) {
      this.#fail(place, error);
    } finally {
      place.isBeingFetched = false;
      this.kick();
    }
  }

  /** Tried again after a while; its reader is told of what our tests do, of what won't change, and of what has gone on for long. */
  #fail(place: Place, error: unknown): void {
    if (place.isDropped || this.#client.over.aborted) return;
    const now = this.#clock.now();
    place.retryAt = after(now, retryMs);
    place.failingSince ??= now;
    const failure = error instanceof Error ? error : new Error(String(error));
    const isPassing =
      failure instanceof ConnectionLost ||
      (failure instanceof Refused && !(failure instanceof Injected) && failure.refusal === 'transient');
    const isMissing = failure instanceof AmendsError && failure.code === 'AMENDS_TOPIC_MISSING';
    if (isMissing || (isPassing && now < after(place.failingSince, this.#patienceMs))) this.#kickLater();
    else {
      place.failure = failure;
      place.changed();
    }
  }

  #kickLater(): void {
    void this.#clock.wait(retryMs + 1, this.#client.over, 'background').then(() => this.kick());
  }

  /** Its reader has been told: it is tried again. */
  retry(place: Place): void {
    place.failure = undefined;
    place.failingSince = undefined;
    place.retryAt = instant(0);
    this.kick();
  }
}
