import { setTimeout as wait } from 'node:timers/promises';
import { partitionsOf, readToEnd } from '../../src/cli/read-to-end.ts';
import type { Log, Outgoing, Writer } from '../../src/engine/log.ts';
import type { Input } from '../../src/engine/stage.ts';
import { Feed } from '../../src/lab/history/feed.ts';
import type { HistoryRecord } from '../../src/lab/history/read-history.ts';
import { realClock } from '../../src/values/clock.ts';
import type { Instant } from '../../src/values/time.ts';

const transactionalId = 'chaos-publisher';
/** A topic beside those of Amends: which slices are there. */
export const receipts = 'chaos.receipts';

/**
 * Publishes a history in slices, a transaction each, and each exactly once whatever becomes of brokers and answers: with the
 * records it writes a receipt, by which it finds out what became of a transaction that got no answer.
 */
export class Publisher {
  readonly #log: Log;
  readonly #feed: Feed;
  readonly #gathered: Outgoing[] = [];
  #writer: Writer | undefined;
  #number = 0;
  /** The records of the slice that was published last. */
  last: readonly Outgoing[] = [];
  /** Transactions that did not commit at the first go, by outcome. */
  readonly setbacks: string[] = [];

  constructor(log: Log, partitions: ReadonlyMap<string, number>, topics: ReadonlyMap<string, Input>) {
    this.#log = log;
    const gather: Log['append'] = (records) => {
      this.#gathered.push(...records);
      return Promise.resolve(
        records.map(({ topic, partition, timestamp }) => ({ position: { topic, partition, offset: 0 }, appendedAt: timestamp })),
      );
    };
    this.#feed = new Feed({ log: { append: gather, trim: () => Promise.resolve() }, partitions, topics });
  }

  /** The slice, and to every partition the word that time has come to `at`. `twice`: written and aborted first. */
  async publish(slice: readonly HistoryRecord[], at: Instant, twice: boolean): Promise<void> {
    this.#gathered.length = 0;
    await this.#feed.append(slice);
    this.last = [...this.#gathered];
    await this.#feed.tick(at);
    this.#number += 1;
    const receipt: Outgoing = { topic: receipts, partition: 0, key: null, value: Buffer.from(String(this.#number)), timestamp: at };
    const records = [...this.#gathered, receipt];
    if (twice) await this.#abort(records);
    while (!(await this.#tryOnce(records))) await wait(100);
  }

  /** All is written, and then taken back: by a permit that is refused the second time it is asked. */
  async #abort(records: readonly Outgoing[]): Promise<void> {
    let asked = 0;
    const permit = (): Promise<boolean> => Promise.resolve((asked += 1) < 2);
    const outcome = await (await this.#own())?.commit(records, permit);
    if (outcome?.outcome !== 'aborted' || outcome.reason !== 'permit') this.#writer = undefined;
  }

  async #tryOnce(records: readonly Outgoing[]): Promise<boolean> {
    const isNew = this.#writer === undefined;
    const writer = await this.#own();
    if (!writer) return false;
    try {
      // Whoever takes the id over has settled what was left of the transaction before.
      if (isNew && (await this.#received()) >= this.#number) return true;
    } catch {
      this.#writer = undefined;
      return false;
    }
    const result = await writer.commit(records);
    const { outcome } = result;
    if (outcome === 'aborted' && result.permanent) throw new Error(`the history can't be published: ${result.reason}`);
    if (outcome === 'committed') return true;
    this.setbacks.push(outcome);
    this.#writer = undefined;
    return false;
  }

  async #own(): Promise<Writer | undefined> {
    this.#writer ??= await this.#log.write(transactionalId, AbortSignal.timeout(30_000)).catch(() => undefined);
    return this.#writer;
  }

  /** The number of the last slice that is there. Throws while that can't be read. */
  async #received(): Promise<number> {
    const partitions = await partitionsOf(this.#log, receipts);
    const [ends] = await this.#log.ends(partitions);
    if (!ends || ends.stable < ends.high) throw new Error('the last receipt is not decided yet');
    let last = 0;
    for await (const records of readToEnd(this.#log, realClock, partitions, { from: ({ high }) => high - 50 }))
      for (const { value } of records) last = Math.max(last, Number(value?.toString()));
    return last;
  }
}
