import type { FaultPoint, Outcome, Outgoing, Position, Writer } from '../../engine/log.ts';
import { invariant } from '../../values/invariant.ts';
import { askPermit } from '../shared/ask-permit.ts';
import type { Client } from '../shared/client.ts';
import { Refused } from '../shared/refused.ts';
import type { Transactions } from './transactions.ts';

interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: Outgoing[];
}

/** The records of each partition, partitions in the order of their first records. */
const batchesOf = (records: readonly Outgoing[]): readonly Batch[] => {
  const batches: Batch[] = [];
  const byTopic = new Map<string, Map<number, Batch>>();
  let batch: Batch | undefined;
  for (const record of records) {
    if (batch?.partition !== record.partition || batch.topic !== record.topic) {
      let byPartition = byTopic.get(record.topic);
      if (!byPartition) byTopic.set(record.topic, (byPartition = new Map()));
      batch = byPartition.get(record.partition);
      if (!batch) {
        batch = { topic: record.topic, partition: record.partition, records: [] };
        byPartition.set(record.partition, batch);
        batches.push(batch);
      }
    }
    batch.records.push(record);
  }
  return batches;
};

/** Writes transactions under one epoch of a transactional id. */
export class MemoryWriter implements Writer {
  readonly #client: Client;
  readonly #transactions: Transactions;
  readonly #id: string;
  readonly #epoch: number;
  #isBusy = false;
  /** Why nothing more can be written. */
  #over: string | undefined;

  constructor(client: Client, transactions: Transactions, id: string, epoch: number) {
    this.#client = client;
    this.#transactions = transactions;
    this.#id = id;
    this.#epoch = epoch;
  }

  async commit(records: readonly Outgoing[], permit?: () => Promise<boolean>): Promise<Outcome> {
    await this.#client.live();
    if (this.#over) return { outcome: 'fenced', reason: this.#over };
    invariant(!this.#isBusy, 'a writer has one transaction at a time');
    this.#isBusy = true;
    try {
      const outcome = await this.#transact(batchesOf(records), permit);
      // What is written after an unknown end could be committed together with what is still open there.
      if (outcome.outcome === 'unknown' || outcome.outcome === 'fenced') this.#over = `${outcome.outcome} before: ${outcome.reason}`;
      return outcome;
    } finally {
      this.#isBusy = false;
    }
  }

  async close(): Promise<void> {
    await this.#client.alive();
    this.#over ??= 'the writer is closed';
  }

  async #transact(batches: readonly Batch[], permit?: () => Promise<boolean>): Promise<Outcome> {
    const ends: Position[] = [];
    try {
      if (batches.length === 0) this.#transactions.check(this.#id, this.#epoch);
      else await this.#send('addPartitions', 'after-addPartitions', () => this.#transactions.add(this.#id, this.#epoch, batches));
      await askPermit(this.#client, permit);
      for (const { topic, partition, records } of batches) {
        const offset = await this.#send('produce', 'after-produce', () =>
          this.#transactions.append(this.#id, this.#epoch, { topic, partition }, records),
        );
        ends.push({ topic, partition, offset });
      }
      await askPermit(this.#client, permit);
    } catch (error) {
      return this.#abort(error);
    }
    return batches.length === 0 ? { outcome: 'committed', ends } : this.#end(ends);
  }

  async #end(ends: readonly Position[]): Promise<Outcome> {
    const fault = await this.#client.meet('end', this.#id);
    if (fault === 'lose-request') return { outcome: 'unknown', reason: 'end got no answer' };
    try {
      if (fault === 'refuse') throw new Refused('transient', 'end was refused');
      this.#transactions.end(this.#id, this.#epoch, true);
    } catch (error) {
      return this.#abort(error);
    }
    if (fault === 'lose-answer' || (await this.#client.meet('after-end', this.#id)) !== 'none')
      return { outcome: 'unknown', reason: 'end got no answer' };
    return { outcome: 'committed', ends };
  }

  /** Nothing is committed before the end is asked for, so whatever went wrong until then is settled here. */
  #abort(error: unknown): Outcome {
    if (!(error instanceof Refused)) throw error;
    try {
      this.#transactions.end(this.#id, this.#epoch, false);
    } catch (fenced) {
      if (!(fenced instanceof Refused)) throw fenced;
      return { outcome: 'fenced', reason: fenced.message };
    }
    if (error.refusal === 'too-large') return { outcome: 'aborted', reason: error.message, permanent: true, tooLarge: true };
    return { outcome: 'aborted', reason: error.message, permanent: error.refusal === 'permanent' };
  }

  /** A request before the end. Whatever hits it afterwards costs only its answer. */
  async #send<T>(point: FaultPoint, afterwards: FaultPoint, effect: () => T): Promise<T> {
    const answer = await this.#client.request(point, this.#id, effect);
    if ((await this.#client.meet(afterwards, this.#id)) !== 'none') throw new Refused('transient', `${point} got no answer`);
    return answer;
  }
}
