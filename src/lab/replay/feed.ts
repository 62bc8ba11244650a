import type { Log } from '../../engine/log.ts';
import type { Input, Stage } from '../../engine/stage.ts';
import { partitionOf } from '../../values/murmur2.ts';
import type { LogRecord, Outgoing, Partition, Position } from '../../values/record.ts';
import { partitionName, tickHeader } from '../../values/record.ts';
import type { Instant } from '../../values/time.ts';
import { bytesOf } from '../event-record.ts';
import type { HistoryRecord } from './history.ts';
import type { LinesByPlace } from './lines-by-place.ts';

/** The topics that a history may hold: those that stages read and nobody of ours writes. */
export const outsideTopics = (stages: readonly Stage[]): ReadonlyMap<string, Input> =>
  new Map(stages.flatMap(({ inputs }) => inputs.filter(({ written }) => written === 'outside').map((input) => [input.topic.name, input])));

const none: ReadonlyMap<string, Buffer> = new Map();

/** Feeds a history to the log, as a producer that partitions by murmur2 would have. */
export class Feed {
  readonly #log: Log;
  readonly #lines: LinesByPlace;
  readonly #inputs: readonly Partition[];
  readonly #partitions: ReadonlyMap<string, number>;
  readonly #topics: ReadonlyMap<string, Input>;
  /** Past what was fed by the chunk before the last one, a partition each. */
  #before = new Map<string, Position>();
  #ends = new Map<string, Position>();

  /** `partitions`: of each topic that may be fed; `topics`: how they are read. */
  constructor(of: {
    readonly log: Log;
    readonly lines: LinesByPlace;
    readonly partitions: ReadonlyMap<string, number>;
    readonly topics: ReadonlyMap<string, Input>;
  }) {
    this.#topics = of.topics;
    this.#log = of.log;
    this.#lines = of.lines;
    this.#partitions = of.partitions;
    this.#inputs = [...of.partitions].flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })));
  }

  /**
   * Appends records, each to the partition of its key (without a key: 0). One whose value is about another subject than
   * its key says goes to that subject's too: whichever is wrong, the task of each then knows when it happened, and not
   * when another task tells, so the outcome doesn't depend on the split.
   */
  async append(records: readonly HistoryRecord[]): Promise<void> {
    const outgoing: Outgoing[] = [];
    const lines: number[] = [];
    for (const { topic, key, value, headers, timestamp, line } of records) {
      const keyBytes = key === null ? null : Buffer.from(key);
      const bytes = bytesOf(value);
      const named = Object.entries(headers).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]);
      for (const partition of this.#placesOf({
        topic,
        partition: 0,
        offset: 0,
        key: keyBytes,
        value: bytes,
        timestamp,
        headers: () => none,
      })) {
        outgoing.push({ topic, partition, key: keyBytes, value: bytes, timestamp, ...(named.length > 0 && { headers: new Map(named) }) });
        lines.push(line);
      }
    }
    const appended = await this.#log.append(outgoing);
    for (const [index, { position }] of appended.entries()) this.#lines.add(position, lines[index] ?? 0);
    this.#remember(appended);
  }

  /** Tells every input, the empty ones too, that time has come to `at`: silence has no other voice. */
  async tick(at: Instant): Promise<void> {
    const headers = new Map([[tickHeader, Buffer.alloc(0)]]);
    this.#remember(await this.#log.append(this.#inputs.map((input) => ({ ...input, key: null, value: null, timestamp: at, headers }))));
  }

  /** Forgets what was fed before the last call: to be called once every task is past it. */
  async trim(): Promise<void> {
    if (this.#before.size > 0) await this.#log.trim([...this.#before.values()]);
    this.#before = new Map(this.#ends);
  }

  #placesOf(record: LogRecord): ReadonlySet<number> {
    const partitions = this.#partitions.get(record.topic) ?? 1;
    const decoded = this.#topics.get(record.topic)?.topic.decode(record);
    const subject = decoded?.kind === 'unreadable' && decoded.subject !== undefined ? Buffer.from(decoded.subject) : null;
    const places = [record.key, subject].flatMap((key) => (key === null ? [] : [partitionOf(key, partitions)]));
    return new Set(places.length > 0 ? places : [0]);
  }

  #remember(appended: readonly { readonly position: Position }[]): void {
    for (const { position } of appended) this.#ends.set(partitionName(position), { ...position, offset: position.offset + 1 });
  }
}
