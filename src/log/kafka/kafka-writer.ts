import type { FaultPoint, Outcome, Outgoing, Position, Writer } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import { invariant } from '../../values/invariant.ts';
import type { Clock } from '../../values/time.ts';
import { askPermit } from '../shared/ask-permit.ts';
import type { Client } from '../shared/client.ts';
import { Refused } from '../shared/refused.ts';
import { addPartitionsToTxnApi } from './codec/apis/add-partitions-to-txn.ts';
import { endTxnApi } from './codec/apis/end-txn.ts';
import { errorOf } from './codec/error-codes.ts';
import { ConnectionLost } from './connection-lost.ts';
import type { Coordinator } from './coordinator.ts';
import { patiently } from './patiently.ts';
import type { Produced, Producer, ProducerId, Written } from './producer.ts';
import { byPartition } from './producer.ts';
import { refusedFor } from './refused-for.ts';
import type { TopicNames } from './settings.ts';

/** Writes transactions under one epoch of a transactional id. */
export class KafkaWriter implements Writer {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #coordinator: Coordinator;
  readonly #as: ProducerId;
  readonly #producer: Producer;
  readonly #names: TopicNames;
  #isBusy = false;
  /** Why nothing more can be written. */
  #over: string | undefined;

  constructor(of: {
    readonly client: Client;
    readonly clock: Clock;
    readonly coordinator: Coordinator;
    readonly as: ProducerId;
    readonly producer: Producer;
    readonly names: TopicNames;
  }) {
    this.#client = of.client;
    this.#clock = of.clock;
    this.#coordinator = of.coordinator;
    this.#as = of.as;
    this.#producer = of.producer;
    this.#names = of.names;
  }

  async commit(records: readonly Outgoing[], permit?: () => Promise<boolean>): Promise<Outcome> {
    return this.#client.call(async () => {
      if (this.#over) return { outcome: 'fenced', reason: this.#over };
      invariant(!this.#isBusy, 'a writer has one transaction at a time');
      this.#isBusy = true;
      try {
        const outcome = await this.#transact(
          byPartition(records, (topic) => this.#names.toBroker(topic)),
          permit,
        );
        // A request that got lost may arrive later, under this epoch: only another epoch refuses it. After a permit refused
        // every answer has been seen.
        const isSettled = outcome.outcome === 'committed' || (outcome.outcome === 'aborted' && outcome.reason === 'permit');
        if (!isSettled) this.#over ??= `${outcome.outcome} before: ${outcome.reason}`;
        return outcome;
      } finally {
        this.#isBusy = false;
      }
    });
  }

  async close(): Promise<void> {
    await this.#client.alive();
    this.#over ??= 'the writer is closed';
  }

  async #transact(produced: readonly Produced[], permit?: () => Promise<boolean>): Promise<Outcome> {
    if (produced.length === 0) return { outcome: 'committed', ends: [] };
    let ends: readonly Position[];
    try {
      await this.#send('addPartitions', 'after-addPartitions', () => this.#addPartitions(produced));
      await askPermit(this.#client, permit);
      ends = (await this.#produce(produced)).map(({ topic, partition, offsets }) => ({
        topic: this.#names.fromBroker(topic),
        partition,
        offset: (offsets.at(-1) ?? -1) + 1,
      }));
      await askPermit(this.#client, permit);
    } catch (error) {
      return this.#abort(error);
    }
    return this.#commit(ends);
  }

  /** With fault points a partition at a time, so that it can fail with a part of it written. */
  async #produce(produced: readonly Produced[]): Promise<readonly Written[]> {
    if (!this.#client.hasFaults) return this.#producer.write(produced);
    const written: Written[] = [];
    for (const each of produced) written.push(...(await this.#send('produce', 'after-produce', () => this.#producer.write([each]))));
    return written;
  }

  async #commit(ends: readonly Position[]): Promise<Outcome> {
    const fault = await this.#client.meet('end', this.#as.transactionalId);
    if (fault === 'refuse') return this.#abort(new Refused('transient', 'end was refused'));
    if (fault === 'lose-request') return { outcome: 'unknown', reason: 'end got no answer' };
    try {
      await this.#end(true);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof Refused && error.refusal === 'fenced') return { outcome: 'fenced', reason };
      // Without an answer, and where the coordinator knows of no transaction: who can say what became of it?
      return { outcome: 'unknown', reason };
    }
    if (fault === 'lose-answer' || (await this.#client.meet('after-end', this.#as.transactionalId)) !== 'none')
      return { outcome: 'unknown', reason: 'end got no answer' };
    return { outcome: 'committed', ends };
  }

  /** Nothing is committed before the end is asked for, so whatever went wrong until then is settled here. */
  async #abort(error: unknown): Promise<Outcome> {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof Refused && error.refusal === 'fenced') return { outcome: 'fenced', reason };
    try {
      await patiently(this.#clock, this.#coordinator.timeoutMs, () => this.#end(false), isWorthAnotherTry);
    } catch (failed) {
      if (failed instanceof Refused && failed.refusal === 'fenced') return { outcome: 'fenced', reason: failed.message };
      // It stays open until the next owner initialises, or its time has run out; committed it is by nobody.
      this.#over = `a transaction could not be ended: ${failed instanceof Error ? failed.message : String(failed)}`;
    }
    if (error instanceof Refused && error.refusal === 'too-large') return { outcome: 'aborted', reason, permanent: true, tooLarge: true };
    const isPermanent = error instanceof AmendsError || (error instanceof Refused && error.refusal === 'permanent');
    return { outcome: 'aborted', reason, permanent: isPermanent };
  }

  async #addPartitions(produced: readonly Produced[]): Promise<void> {
    const partitions = produced.map(({ topic, partition }) => ({ topic, partition }));
    await this.#coordinator.ask(async (send) => {
      const answer = await send(addPartitionsToTxnApi, { ...this.#as, partitions });
      // The others are named as not attempted where one is refused: that one says why.
      const failed = answer.partitions.filter(({ errorCode }) => errorCode !== 0);
      const worst = failed.find(({ errorCode }) => errorOf(errorCode).name !== 'OPERATION_NOT_ATTEMPTED') ?? failed[0];
      if (worst) throw refusedFor(worst.errorCode, `${worst.topic}/${worst.partition}`);
    });
  }

  async #end(isCommit: boolean): Promise<void> {
    await this.#coordinator.ask(async (send) => {
      const { errorCode } = await send(endTxnApi, { ...this.#as, isCommit });
      // Nothing was open, so there is nothing to abort.
      if (!isCommit && errorOf(errorCode).kind === 'not-open') return;
      if (errorCode !== 0) throw refusedFor(errorCode, `the end of a transaction of ${this.#as.transactionalId}`);
    });
  }

  /** A request before the end. Whatever hits it afterwards costs only its answer. */
  async #send<T>(point: FaultPoint, afterwards: FaultPoint, effect: () => Promise<T>): Promise<T> {
    const answer = await this.#client.request(point, this.#as.transactionalId, effect);
    if ((await this.#client.meet(afterwards, this.#as.transactionalId)) !== 'none')
      throw new Refused('transient', `${point} got no answer`);
    return answer;
  }
}

const isWorthAnotherTry = (error: unknown): boolean =>
  error instanceof ConnectionLost || (error instanceof Refused && error.refusal === 'transient');
