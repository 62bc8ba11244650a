import { partitionOf } from '../values/murmur2.ts';
import type { Instant } from '../values/time.ts';
import { after, hourMs, instant, never } from '../values/time.ts';
import type { Batch } from './batch.ts';
import type { Failure } from './dead-letter.ts';
import { deadLetter, letterHeaders } from './dead-letter.ts';
import type { LogRecord } from './log.ts';
import type { Gap, Misplaced, Quarantined, Stopped } from './reserved-tables.ts';
import { gapTable, misplacedTable, quarantineTable, stoppedTable, unreadTable } from './reserved-tables.ts';
import { releasedBy } from './release-notice.ts';
import type { Source } from './source.ts';
import type { Input, Rows, Seen, Stage } from './stage.ts';
import type { Row } from './store.ts';
import { deadLettersTopic } from './topics.ts';

/** More misplaced records of a topic than this within an hour: its producer partitions by another hash. */
const fewMisplaced = 5;

/** A row woken this often in a row without doing anything is stuck. */
const idleWakesAllowed = 10;

/** The subject of a row's key: what stands before the first slash. */
const subjectOf = (key: string): string => {
  const slash = key.indexOf('/');
  return slash < 0 ? key : key.slice(0, slash);
};

/**
 * Letters of the stage's other tasks: a misplaced record comes to the wrong task, and its subject is held in the right
 * one. Read by the engine itself, and only as a notice.
 */
export const noticeInput: Input = {
  topic: {
    name: deadLettersTopic,
    compacted: false,
    decode: () => ({ kind: 'unreadable', code: 'AMENDS_OWN_RECORD_UNREADABLE', reason: 'a notice is not decoded' }),
    encode: () => ({ key: null, value: null }),
  },
  written: 'upstream',
  whole: false,
  handle: () => {},
};

/** What became of the head of a source. `later`: its schema isn't known yet; nothing behind it may be folded. */
export type Folded = 'folded' | { readonly later: Promise<void> };

/** A record on one of our own topics that can't be read: our bug, and the task stops at it. */
export class OwnRecordUnreadable extends Error {}

/**
 * Takes records to the stage's handlers and due rows to their wakers, and deals with what goes wrong on the way: dead
 * letters, quarantine, misplaced keys, gaps. Knows nothing of how time is told.
 */
export class Dispatch {
  readonly #stage: Stage;
  readonly #partition: number;
  readonly #tasks: number;
  readonly #letterPartitions: number;
  readonly #version: string;
  readonly #rows: ReadonlyMap<string, Rows>;
  readonly #keyed: ReadonlySet<string>;
  #unwritable: { readonly name: string; readonly reason: string } | undefined;

  constructor(of: {
    readonly stage: Stage;
    readonly partition: number;
    readonly tasks: number;
    readonly letterPartitions: number;
    readonly version: string;
  }) {
    this.#stage = of.stage;
    this.#partition = of.partition;
    this.#tasks = of.tasks;
    this.#letterPartitions = of.letterPartitions;
    this.#version = of.version;
    this.#rows = new Map(of.stage.rows.map((rows) => [rows.table.name, rows]));
    this.#keyed = new Set(of.stage.inputs.filter(({ whole }) => !whole).map(({ topic }) => topic.name));
  }

  /** Folds one record as seen at `time`. */
  fold(batch: Batch, input: Input, record: LogRecord, time: Instant): Folded {
    batch.last = record;
    if (input === noticeInput) {
      this.#foldNotice(batch, record, time);
      return 'folded';
    }
    if (this.#unwritable && this.#unwritable.name === batch.nameOfLast()) {
      this.#tooLarge(batch, input, record, time, {
        code: 'AMENDS_RECORD_TOO_LARGE',
        reason: `what follows from it can not be written: ${this.#unwritable.reason}`,
      });
      return 'folded';
    }
    const decoded = input.topic.decode(record);
    if (decoded.kind === 'later') return { later: decoded.ready };
    // What names its subject in spite of its key tells more than where it lies.
    const isMisplaced = !input.whole && input.written === 'outside' && record.key !== null && !this.#isOurs(record.key);
    if (isMisplaced && (decoded.kind === 'read' || decoded.subject === undefined)) this.#misplaced(batch, record, time);
    else if (decoded.kind === 'unreadable') this.#unreadable(batch, input, record, time, decoded);
    else
      this.hand(
        batch,
        input,
        decoded.value,
        { topic: record.topic, partition: record.partition, offset: record.offset, time },
        record.key ?? '',
        record,
      );
    return 'folded';
  }

  /** A value that was read goes to its handler. `key`: its record's; `record`: the record itself, unless it waited as a row. */
  hand(batch: Batch, input: Input, value: unknown, at: Seen, key: Buffer | string, record?: LogRecord): void {
    if (!record && this.#unwritable && this.#unwritable.name === batch.nameOfLast()) {
      const reason = `what follows from it can not be written: ${this.#unwritable.reason}`;
      this.quarantine(batch, String(key), { code: 'AMENDS_RECORD_TOO_LARGE', reason }, at);
      return;
    }
    batch.begin(batch.now, at.time, !batch.overlay.hasAny(gapTable.name) || !this.#isGapElsewhere(batch, input));
    try {
      input.handle(value, at, batch);
    } catch (error) {
      batch.rollback();
      const failure: Failure = { code: 'AMENDS_HANDLER_FAILED', reason: messageOf(error) };
      if (input.whole && record) {
        batch.begin(batch.now, at.time);
        this.#broadcastUnread(batch, input, record, at.time, failure);
        return;
      }
      if (record) this.#letter(batch, record, failure);
      this.quarantine(batch, String(key), failure, at);
      return;
    }
    if (input.whole) {
      if (batch.overlay.hasAny(unreadTable.name) && batch.get(unreadTable, unreadKey(input, key)))
        batch.put(unreadTable, unreadKey(input, key), undefined);
      return;
    }
    if (batch.overlay.hasAny(quarantineTable.name))
      this.#releaseIfGood(batch, String(key), input.topic.name, input.topic.observedAt?.(value) ?? at.time);
  }

  /** Another task found a record that is about one of our subjects: hold the subject. Or an operator releases the stage. */
  #foldNotice(batch: Batch, letter: LogRecord, time: Instant): void {
    const released = releasedBy(letter);
    if (released !== undefined) {
      if (released !== this.#stage.name) return;
      batch.begin(batch.now, time);
      this.#restart(batch, time);
      return;
    }
    const headers = letter.headers();
    const text = (name: string): string | undefined => headers.get(name)?.toString('utf8');
    const topic = text(letterHeaders.topic);
    const subject = text(letterHeaders.subject) ?? letter.key?.toString('utf8');
    if (topic === undefined || subject === undefined || !this.#keyed.has(topic) || text(letterHeaders.stage) !== this.#stage.name) return;
    const partition = Number(text(letterHeaders.partition));
    if (partition === this.#partition || !this.#isOurs(Buffer.from(subject))) return;
    batch.begin(batch.now, time);
    this.quarantine(
      batch,
      subject,
      { code: 'AMENDS_KEY_MISPLACED', reason: text(letterHeaders.message) ?? '' },
      { topic, partition, offset: Number(text(letterHeaders.offset)), time },
    );
  }

  /**
   * Wakes the row that is due. Held (false): its subject is in quarantine, or it was last touched before a gap; then only who
   * asked for it is woken, to say what is over for certain.
   */
  wake(batch: Batch, row: Row, now: Instant, gapBefore: Instant): boolean {
    const subject = subjectOf(row.key);
    if (batch.get(quarantineTable, subject) || (gapBefore !== never && row.touched <= gapBefore)) {
      batch.overlay.take(row, true);
      return this.#wakeHeld(batch, row, subject, now);
    }
    batch.overlay.take(row);
    batch.begin(now);
    batch.woken += 1;
    batch.last = row;
    const fail = (code: Failure['code'], reason: string): void =>
      this.quarantine(batch, subject, { code, reason }, { topic: row.table, partition: this.#partition, offset: 0, time: now }, true);
    if (this.#unwritable && this.#unwritable.name === batch.nameOfLast()) {
      fail('AMENDS_HANDLER_FAILED', `what it does can not be written: ${this.#unwritable.reason}`);
      return true;
    }
    try {
      const rows = this.#rows.get(row.table);
      if (rows) rows.wake(row.key, batch.get(rows.table, row.key), batch);
    } catch (error) {
      batch.rollback();
      fail('AMENDS_HANDLER_FAILED', messageOf(error));
      return true;
    }
    if (batch.hasBegun) return true;
    row.idleWakes += 1;
    if (row.idleWakes >= idleWakesAllowed)
      fail('AMENDS_ROW_STUCK', `${batch.nameOfLast()} was woken ${row.idleWakes} times in a row and did nothing`);
    return true;
  }

  #wakeHeld(batch: Batch, row: Row, subject: string, now: Instant): boolean {
    const rows = this.#rows.get(row.table);
    if (!rows?.whenHeld || this.#unwritable) return false;
    batch.begin(now);
    batch.last = row;
    batch.silence = false;
    try {
      rows.wake(row.key, batch.get(rows.table, row.key), batch);
    } catch (error) {
      batch.rollback();
      const at = { topic: row.table, partition: this.#partition, offset: 0, time: now };
      this.quarantine(batch, subject, { code: 'AMENDS_HANDLER_FAILED', reason: messageOf(error) }, at, true);
    } finally {
      batch.silence = true;
    }
    if (batch.hasBegun) batch.woken += 1;
    return batch.hasBegun;
  }

  /** From now on this record or row (`Batch.last`) is set aside: a transaction with it can never be written. */
  setAside(name: string, reason: string): void {
    this.#unwritable = { name, reason };
  }

  /** Holds every timer of a subject. `byTimer`: our code failed when it was woken; else a record of it is unread. */
  quarantine(batch: Batch, subject: string, { code, reason }: Failure, at: Seen, byTimer = false): void {
    const known: Quarantined | undefined = batch.get(quarantineTable, subject);
    const unread = instant(Math.max(known?.unread[at.topic] ?? never, at.time));
    const version = byTimer ? this.#version : known?.version;
    const quarantined: Quarantined = {
      code,
      reason: reason.slice(0, 500),
      at: at.time,
      topic: at.topic,
      partition: at.partition,
      offset: at.offset,
      unread: { ...known?.unread, ...(!byTimer && { [at.topic]: unread }) },
      ...(version !== undefined && { version }),
    };
    batch.begin(batch.now, at.time);
    batch.put(quarantineTable, subject, quarantined);
    batch.tell({
      name: 'SubjectQuarantined',
      stage: this.#stage.name,
      partition: this.#partition,
      subject,
      code,
      reason: quarantined.reason,
    });
  }

  /** Ends a subject's quarantine and gives its rows their timers back. */
  release(batch: Batch, subject: string): void {
    batch.put(quarantineTable, subject, undefined);
    for (const { table } of this.#stage.rows) {
      batch.overlay.reschedule(table.name, subject);
      for (const [key] of batch.under(table, `${subject}/`, '', Infinity)) batch.overlay.reschedule(table.name, key);
    }
    batch.tell({ name: 'SubjectReleased', stage: this.#stage.name, partition: this.#partition, subject });
  }

  /** Subjects on which another version of the code failed get one more try. */
  retryFailed(batch: Batch): void {
    for (const [subject, { version, ...held }] of [...batch.under(quarantineTable, '', '', Infinity)]) {
      if (version === undefined || version === this.#version) continue;
      if (Object.keys(held.unread).length > 0) batch.put(quarantineTable, subject, held);
      else this.release(batch, subject);
    }
  }

  /** Nobody read some records of this source: what was seen before proves no absence, and what a broadcast said is void. */
  gap(batch: Batch, source: Source, kind: Gap['kind'], before: Instant): void {
    batch.begin(batch.now);
    batch.put(gapTable, `${source.topic}|${source.partition}`, { kind, before: Number.isFinite(before) ? before : null });
    if (source.input.whole && kind === 'recreated') source.input.forget?.(batch);
    batch.tell({ name: 'GapFound', stage: this.#stage.name, partition: this.#partition, topic: source.topic, kind });
  }

  /** Rows last touched at this time or earlier prove no absence. */
  gapBefore(batch: Batch): Instant {
    let least: number = never;
    for (const [key, { before }] of batch.under(gapTable, '', '', Infinity))
      if (before !== null && this.#keyed.has(key.slice(0, key.indexOf('|')))) least = Math.max(least, before);
    return least as Instant;
  }

  /** True when another input of the stage has a gap. */
  #isGapElsewhere(batch: Batch, input: Input): boolean {
    for (const [key] of batch.under(gapTable, '', '', Infinity)) {
      const topic = key.slice(0, key.indexOf('|'));
      if (topic !== input.topic.name && this.#keyed.has(topic)) return true;
    }
    return false;
  }

  /** All timers and all money of the task are held from now on. */
  stop(batch: Batch, code: Stopped['code'], why: string, at: Instant): void {
    batch.isStopped = true;
    batch.money = false;
    if (batch.get(stoppedTable, code)) return;
    batch.put(stoppedTable, code, { code, why, at });
    batch.tell({ name: 'AbsenceStopped', stage: this.#stage.name, partition: this.#partition, code, why });
  }

  /** Why the task's timers and money are held, if they are. */
  stopped(batch: Batch): readonly Stopped[] {
    return [...batch.under(stoppedTable, '', '', Infinity)].map(([, stopped]) => stopped);
  }

  /**
   * An operator has seen to it: timers and money go on, and misplaced records are counted anew. What has come since the
   * release was written is not meant: a task that partitions were added for reads releases of long ago.
   */
  #restart(batch: Batch, at: Instant): void {
    const before = this.stopped(batch);
    for (const stopped of before) if (stopped.at <= at) batch.put(stoppedTable, stopped.code, undefined);
    for (const [topic, { since }] of [...batch.under(misplacedTable, '', '', Infinity)])
      if (since <= at) batch.put(misplacedTable, topic, undefined);
    for (const [key, unread] of [...batch.under(unreadTable, '', '', Infinity)])
      if ((unread.at ?? never) <= at) batch.put(unreadTable, key, undefined);
    if (before.length > 0 && this.stopped(batch).length === 0)
      batch.tell({ name: 'AbsenceReleased', stage: this.#stage.name, partition: this.#partition });
  }

  /** A broadcast said something that couldn't be read: until a good record comes under the same key no money moves. */
  hasUnreadBroadcast(batch: Batch): boolean {
    for (const _ of batch.under(unreadTable, '', '', 1)) return true;
    return false;
  }

  /** In `records` mode: what the switch says at the instant that the batch has come to. */
  permits(batch: Batch): boolean {
    return this.#stage.permit?.((table, key) => batch.get(table, key)) ?? false;
  }

  #unreadable(batch: Batch, input: Input, record: LogRecord, time: Instant, failure: Failure): void {
    if (input.written === 'upstream')
      throw new OwnRecordUnreadable(`${record.topic}/${record.partition}@${record.offset}: ${failure.code}: ${failure.reason}`);
    batch.begin(batch.now, time);
    const at = { topic: record.topic, partition: record.partition, offset: record.offset, time };
    if (input.whole) {
      this.#broadcastUnread(batch, input, record, time, failure);
      return;
    }
    this.#letter(batch, record, failure);
    const key = record.key?.toString('utf8');
    for (const subject of [key, failure.subject])
      if (subject !== undefined && this.#isOurs(Buffer.from(subject))) this.quarantine(batch, subject, failure, at);
    if (key === undefined && failure.subject === undefined)
      this.stop(
        batch,
        'AMENDS_KEY_MISSING',
        `${record.topic}/${record.partition}@${record.offset} has no key, and its value doesn't tell whom it is about: it may be anybody's scan`,
        time,
      );
  }

  /** What follows from it is too large for a topic: one from upstream can be read, so it is no mistake of ours either. */
  #tooLarge(batch: Batch, input: Input, record: LogRecord, time: Instant, failure: Failure): void {
    if (input.written === 'outside' || record.key === null) {
      this.#unreadable(batch, input, record, time, failure);
      return;
    }
    batch.begin(batch.now, time);
    this.#letter(batch, record, failure);
    const { topic, partition, offset } = record;
    this.quarantine(batch, record.key.toString('utf8'), failure, { topic, partition, offset, time });
  }

  /** It may have been a stop: no money until a good record comes under its key. One letter is enough. */
  #broadcastUnread(batch: Batch, input: Input, record: LogRecord, at: Instant, failure: Failure): void {
    if (this.#partition === 0) this.#letter(batch, record, failure);
    batch.money = false;
    batch.put(unreadTable, unreadKey(input, record.key ?? ''), { code: failure.code, offset: record.offset, at });
  }

  #isOurs(key: Buffer): boolean {
    return partitionOf(key, this.#tasks) === this.#partition;
  }

  #misplaced(batch: Batch, record: LogRecord, time: Instant): void {
    batch.begin(batch.now, time);
    const key = record.key?.toString('utf8') ?? '';
    const reason = `key "${key.slice(0, 200)}" belongs in partition ${partitionOf(Buffer.from(key), this.#tasks)} of ${this.#tasks}`;
    this.#letter(batch, record, { code: 'AMENDS_KEY_MISPLACED', reason });
    const known: Misplaced | undefined = batch.get(misplacedTable, record.topic);
    const counted = known && time < after(known.since, hourMs) ? { since: known.since, count: known.count + 1 } : { since: time, count: 1 };
    batch.put(misplacedTable, record.topic, counted);
    if (counted.count > fewMisplaced)
      this.stop(
        batch,
        'AMENDS_KEY_MISPLACED',
        `${counted.count} records of ${record.topic} within an hour are not where murmur2 of their key puts them; last: ${record.topic}/${record.partition}@${record.offset}, ${reason}`,
        time,
      );
  }

  #letter(batch: Batch, record: LogRecord, failure: Failure): void {
    batch.outgoing.push(deadLetter(record, failure, { stage: this.#stage.name, tasks: this.#tasks, partitions: this.#letterPartitions }));
    batch.tell({
      name: 'RecordDeadLettered',
      stage: this.#stage.name,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      code: failure.code,
      reason: failure.reason,
    });
  }

  #releaseIfGood(batch: Batch, key: string, topic: string, observedAt: Instant): void {
    const held: Quarantined | undefined = batch.get(quarantineTable, key);
    const since = held?.unread[topic];
    if (!held || since === undefined || observedAt <= since) return;
    const { [topic]: _, ...unread } = held.unread;
    if (Object.keys(unread).length === 0 && held.version === undefined) this.release(batch, key);
    else batch.put(quarantineTable, key, { ...held, unread });
  }
}

/** By topic and key: a good record undoes only what could not be read under the same key. */
const unreadKey = (input: Input, key: Buffer | string): string => `${input.topic.name}|${String(key)}`;

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
