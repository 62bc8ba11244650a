import type { FaultHook, FaultPoint, Fetched, Log, LogRecord, Outgoing, Partition, Position, Reader } from '../../src/engine/log.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, instant } from '../../src/values/time.ts';

export interface HarnessTopic {
  readonly partitions?: number;
  readonly compacted?: boolean;
  readonly timestamps?: 'append' | 'create';
  readonly maxMessageBytes?: number;
}

/** A log under test, fresh for each test. */
export interface Harness {
  /** Creates a topic; gives its name, which may have got a prefix. Default: one partition, append times. */
  topic(name: string, settings?: HarnessTopic): Promise<string>;
  /** Deletes a topic and creates it again. */
  recreate(topic: string, settings?: HarnessTopic): Promise<void>;
  addPartitions(topic: string, partitions: number): Promise<void>;
  /** Has the log compact what it may. */
  compact(topic: string): Promise<void>;
  connect(name: string, faults?: FaultHook): Promise<Log>;
  /** A transaction that stays open until it is ended. */
  open(): Promise<{ append(records: readonly Outgoing[]): Promise<void>; commit(): Promise<void>; abort(): Promise<void> }>;
  /** The broker's time. */
  now(): Instant;
  /** Lets time pass, and everything that waits for it go on. */
  pass(forMs: number): Promise<void>;
  readonly sessionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  close(): Promise<void>;
}

export type MakeHarness = () => Promise<Harness>;

/** A signal that never aborts. */
export const onwards = new AbortController().signal;

/** Some time long ago, for records that bring their own. */
export const longAgo = instant(Date.UTC(2017, 10, 24));

/** A record of a text; its key is the text's first word. */
export const record = (
  topic: string,
  text: string,
  more: { readonly partition?: number; readonly timestamp?: Instant } = {},
): Outgoing => ({
  topic,
  partition: more.partition ?? 0,
  key: Buffer.from(text.split(' ')[0] ?? ''),
  value: Buffer.from(text),
  timestamp: more.timestamp ?? longAgo,
});

export const records = (topic: string, texts: readonly string[], partition = 0): readonly Outgoing[] =>
  texts.map((text) => record(topic, text, { partition }));

export const textOf = ({ value }: Pick<LogRecord, 'value'>): string => value?.toString() ?? '(deleted)';

/** Waits, letting time pass, until `condition` holds; throws after `forMs`. */
export const until = async (harness: Harness, condition: () => boolean | Promise<boolean>, forMs = 60_000): Promise<void> => {
  const end = after(harness.now(), forMs);
  while (!(await condition())) {
    if (harness.now() >= end) throw new Error(`still not so after ${forMs} ms: ${condition.toString()}`);
    await harness.pass(50);
  }
};

/** True when `promise` settles, one way or the other, while a good second passes. */
export const settles = async (harness: Harness, promise: Promise<unknown>): Promise<boolean> => {
  let isSettled = false;
  const note = (): void => {
    isSettled = true;
  };
  promise.then(note, note);
  await harness.pass(1_200);
  return isSettled;
};

/** So many polls without anything (a minute where each waits, none where the reader is closed) and nothing will come any more. */
const mostPolls = 300;

/** Polls until something comes; throws when nothing does for a minute. */
export const pollSome = async (reader: Reader, bytes = 1024 * 1024): Promise<readonly Fetched[]> => {
  for (let polls = 0; polls < mostPolls; polls += 1) {
    const fetched = await reader.poll({ bytes, waitMs: 200 }, onwards);
    if (fetched.length > 0) return fetched;
  }
  throw new Error(`nothing came in ${mostPolls} polls`);
};

/** Everything that a reader of committed records sees of a partition, from its first offset to where it is decided. */
export const readAll = async (log: Log, partition: Partition): Promise<readonly LogRecord[]> => {
  const [ends] = await log.ends([partition]);
  const reader = log.read();
  const seen: LogRecord[] = [];
  let next = ends?.first ?? 0;
  reader.add({ ...partition, offset: next });
  while (next < (ends?.stable ?? 0))
    for (const fetched of await pollSome(reader)) {
      seen.push(...fetched.records);
      next = fetched.next;
    }
  await reader.close();
  return seen;
};

export const readTexts = async (log: Log, topic: string, partition = 0): Promise<readonly string[]> =>
  (await readAll(log, { topic, partition })).map(textOf);

export const endsOf = async (log: Log, topic: string, partition = 0): Promise<{ first: number; stable: number; high: number }> => {
  const [ends] = await log.ends([{ topic, partition }]);
  if (!ends) throw new Error('no ends');
  return ends;
};

/** What a request says that met a fault. */
export const saidBy = { refuse: /refused/, 'lose-request': /no answer/, 'lose-answer': /no answer/ } as const;

/** A hook that does `what` at the `nth` request at `point`, once, and nothing else. */
export const once = (point: FaultPoint, what: Awaited<ReturnType<FaultHook>>, nth = 1): FaultHook => {
  let left = nth;
  return (at) => {
    if (at === point) left -= 1;
    return Promise.resolve(at === point && left === 0 ? what : 'none');
  };
};

export const position = (topic: string, offset: number, partition = 0): Position => ({ topic, partition, offset });
