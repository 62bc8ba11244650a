import { afterEach, describe, expect, it } from 'vitest';
import type { Fetched } from '../../../src/engine/log.ts';
import { layout } from '../../../src/log/kafka/codec/batch-layout.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { Place } from '../../../src/log/kafka/place.ts';
import { realClock } from '../../../src/values/clock.ts';
import { instant } from '../../../src/values/time.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { apiKeys } from '../../broker/wire.ts';
import { outgoing, rewritten, storedAt } from './codec/batches.ts';
import type { Answered, Asked } from './fake-broker.ts';
import { FakeBroker, fetchAnswer, fetchAsked, metadataAnswer, offsetsAnswer } from './fake-broker.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

const onFake = async (answers: (asked: Asked, port: number) => Answered): Promise<KafkaLog> => {
  const broker = await FakeBroker.start(answers);
  const log = new KafkaLog({ brokers: [`127.0.0.1:${broker.port}`], clientId: 'test', clock: realClock, requestTimeoutMs: 1_000 });
  open.push(broker, log);
  return log;
};

const onwards = new AbortController().signal;
const limit = { bytes: 1_000_000, waitMs: 50 };
const values = (fetched: readonly Fetched[]): readonly string[] =>
  fetched.flatMap(({ records }) => records.map(({ value }) => value?.toString() ?? ''));
/** As a faulty disk would have it. */
const broken = (batch: Buffer): Buffer => {
  const bytes = Buffer.from(batch);
  bytes[layout.crc] = (bytes[layout.crc] ?? 0) ^ 0xff;
  return bytes;
};

const place = (): Place =>
  new Place({ topic: 't', partition: 0, ours: 't', offset: 0, topicId: 'one', now: instant(0), changed: () => {} });
const fetched = (recordSet: Buffer, high: number) => ({
  topicId: 'one',
  partition: 0,
  errorCode: 0,
  highWatermark: high,
  lastStableOffset: high,
  logStartOffset: 0,
  abortedTransactions: [],
  recordSet,
});

describe('what was fetched of a partition', () => {
  it('is handed out before the batch behind it that can not be read is told', () => {
    const reading = place();
    reading.take(fetched(storedAt(0, [outgoing('a')]), 2));
    reading.take(fetched(broken(storedAt(1, [outgoing('b')])), 2));
    expect(values([reading.read(1_000).fetched])).toEqual(['a']);
    expect(() => reading.read(1_000)).toThrow('AMENDS_BATCH_UNREADABLE');
  });

  it('is told as of another life of its topic also where that life was trimmed before anybody had looked', () => {
    const reading = place();
    reading.take(fetched(storedAt(0, [outgoing('old')]), 1));
    reading.jump('recreated', 'two', { first: 0, stable: 9, high: 9 });
    reading.take(fetched(storedAt(0, [outgoing('new, and trimmed')]), 9));
    reading.jump('trimmed', 'two', { first: 8, stable: 9, high: 9 });
    reading.take(fetched(storedAt(8, [outgoing('new')]), 9));
    const before = reading.read(1_000).fetched;
    const after = reading.read(1_000).fetched;
    expect([values([before]), before.gap, before.next]).toEqual([['old'], undefined, 1]);
    expect([values([after]), after.gap, after.next]).toEqual([['new'], 'recreated', 9]);
  });
});

describe('a time that no calendar has', () => {
  it('is the last that one has: what follows from the record can be written', () => {
    const reading = place();
    const batch = rewritten(storedAt(0, [outgoing('a')]), (bytes) => bytes.writeBigInt64BE(2n ** 62n, layout.baseTimestamp));
    reading.take(fetched(batch, 1));
    const [record] = reading.read(1_000).fetched.records;
    expect(new Date(record?.timestamp ?? NaN).toISOString()).toBe('+275760-09-13T00:00:00.000Z');
  });
});

describe('a reader of several partitions', () => {
  it('loses nothing of the others by a batch of one that can not be read, and tells it', async () => {
    const stored = [storedAt(0, [outgoing('a'), outgoing('b')]), broken(storedAt(0, [outgoing('c')]))];
    const log = await onFake(({ apiKey, body }, port) =>
      apiKey === apiKeys.metadata
        ? metadataAnswer(port, 't', 2)
        : fetchAnswer(
            fetchAsked(body).map(({ partition, offset }) => ({
              partition,
              high: 2,
              batches: offset === 0 ? (stored[partition] ?? Buffer.alloc(0)) : Buffer.alloc(0),
            })),
          ),
    );
    for (const first of [0, 1]) {
      const reader = log.read();
      for (const partition of [first, 1 - first]) reader.add({ topic: 't', partition, offset: 0 });
      const seen: string[] = [];
      let told = '';
      await waitUntil('both are heard of', async () => {
        await reader.poll(limit, onwards).then(
          (some) => seen.push(...values(some)),
          (error: unknown) => (told = String(error)),
        );
        return seen.length > 0 && told !== '';
      });
      expect(seen).toEqual(['a', 'b']);
      expect(told).toContain('AMENDS_BATCH_UNREADABLE');
      await reader.close();
    }
  });

  it('goes on where it is when a broker tells of its topic what was true before', async () => {
    // One broker lags: of the topic, which was created again long ago, it knows the first life.
    const lives = [2, 1, 2];
    let life = 2;
    const log = await onFake(({ apiKey, body }, port) => {
      if (apiKey === apiKeys.metadata) life = lives.shift() ?? 2;
      if (apiKey === apiKeys.metadata) return metadataAnswer(port, 't', 1, { life });
      if (apiKey === apiKeys.listOffsets) return offsetsAnswer('t', [[0, 5]]);
      return fetchAnswer(
        fetchAsked(body).map(({ partition }) => ({ partition, high: 5, batches: Buffer.alloc(0) })),
        2,
      );
    });
    const reader = log.read();
    reader.add({ topic: 't', partition: 0, offset: 5 });
    expect(await reader.poll(limit, onwards)).toEqual([]);
    await log.describe('t');
    for (let poll = 0; poll < 5; poll += 1) expect(await reader.poll(limit, onwards)).toEqual([]);
    expect(lives).toEqual([]);
  });
});
