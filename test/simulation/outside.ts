import type { Log, LogRecord, Outgoing } from '../../src/engine/log.ts';
import type { EmbeddedBroker } from '../../src/log/memory/embedded-broker.ts';
import { partitionName } from '../../src/values/record.ts';

/** Whoever writes from outside; keeps a copy of all that was committed, also of what the broker has forgotten since. */
export class Outside {
  readonly #broker: EmbeddedBroker;
  readonly #log: Log;
  readonly #kept = new Map<string, LogRecord[]>();
  readonly #seen = new Set<string>();

  constructor(broker: EmbeddedBroker, topics: Iterable<string>) {
    this.#broker = broker;
    this.#log = broker.connect({ name: 'outside' });
    for (const topic of topics) this.#kept.set(topic, []);
  }

  /** Appends, and copies at once what a compacted topic might forget. */
  async append(records: readonly Outgoing[]): Promise<void> {
    const appended = await this.#log.append(records);
    for (const [index, { position, appendedAt }] of appended.entries()) {
      const record = records[index];
      const headers = record?.headers ?? new Map<string, Buffer>();
      if (record) this.#keep({ ...position, timestamp: appendedAt, key: record.key, value: record.value, headers: () => headers });
    }
  }

  /** Copies what is committed by now: to be called before anything is forgotten, and at the end. */
  copy(): void {
    for (const topic of this.#kept.keys())
      if (this.#broker.has(topic)) for (const record of this.#broker.records(topic)) this.#keep(record);
  }

  /** A topic was deleted, after a copy, and created again: its offsets count afresh. */
  recreated(topic: string): void {
    for (const name of this.#seen) if (name.startsWith(`${topic}/`)) this.#seen.delete(name);
  }

  /** By topic, everything that was ever committed, in the order of its partitions' offsets as far as that matters. */
  get records(): ReadonlyMap<string, readonly LogRecord[]> {
    return this.#kept;
  }

  #keep(record: LogRecord): void {
    const name = `${partitionName(record)}@${record.offset}`;
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#kept.get(record.topic)?.push(record);
  }
}
