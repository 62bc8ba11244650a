import type { Log } from '../../engine/log.ts';
import type { Input, Stage } from '../../engine/stage.ts';
import { partitionOf } from '../../values/murmur2.ts';
import type { LogRecord, Outgoing, Partition, Position } from '../../values/record.ts';
import { partitionName, tickHeader } from '../../values/record.ts';
import type { Instant } from '../../values/time.ts';
import { bytesOf } from '../event-record.ts';
import type { HistoryRecord } from './read-history.ts';

/** The topics that a history may hold: those that stages read and nobody of ours writes. */
export const outsideTopics = (stages: readonly Stage[]): ReadonlyMap<string, Input> =>
  new Map(stages.flatMap(({ inputs }) => inputs.filter(({ written }) => written === 'outside').map((input) => [input.topic.name, input])));

const none: ReadonlyMap<string, Buffer> = new Map();

/** A compacted topic takes no record without a key, so a tick there has one that no other record has. */
const tickKey = Buffer.from(tickHeader);

/** Feeds a history to the log, as a producer that partitions by murmur2 would have. */
export class Feed {
  readonly #log: Pick<Log, 'append' | 'trim'>;
  readonly #inputs: readonly Partition[];
  readonly #partitions: ReadonlyMap<string, number>;
  readonly #topics: ReadonlyMap<string, Input>;
  readonly #appended: (place: Position, line: number) => void;
  /** Past what was fed before `trim` was last called, and past what is fed by now; a partition each. */
  #before = new Map<string, Position>();
  #ends = new Map<string, Position>();

  /** `partitions`: of each topic that may be fed; `topics`: how they are read; `appended`: told where each line has come to lie. */
  constructor(of: {
    readonly log: Pick<Log, 'append' | 'trim'>;
    readonly partitions: ReadonlyMap<string, number>;
    readonly topics: ReadonlyMap<string, Input>;
    readonly appended?: (place: Position, line: number) => void;
  }) {
    this.#topics = of.topics;
    this.#log = of.log;
    this.#appended = of.appended ?? (() => {});
    this.#partitions = of.partitions;
    this.#inputs = [...of.partitions].flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })));
  }

  /**
   * Appends records, each to the partition of its key (without a key: 0). One whose value is about another subject than
   * its key says goes to that subject's too: whichever is wrong, the task of each then knows when it happened, and not
   * when another task tells, so the outcome doesn't depend on the split. Rejects with what the log rejects with; some of
   * the records can be written all the same.
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
    for (const [index, { position }] of appended.entries()) this.#appended(position, lines[index] ?? 0);
    this.#remember(appended);
  }

  /** Tells every input, the empty ones too, that time has come to `at`: silence has no other voice. */
  async tick(at: Instant): Promise<void> {
    const headers = new Map([[tickHeader, Buffer.alloc(0)]]);
    const ticks = this.#inputs.map(({ topic, partition }): Outgoing => {
      const key = this.#topics.get(topic)?.topic.compacted ? tickKey : null;
      return { topic, partition, key, value: null, timestamp: at, headers };
    });
    this.#remember(await this.#log.append(ticks));
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
