import { describe, expect, it } from 'vitest';
import type { MakeHarness } from './harness.ts';
import { endsOf, longAgo, position, readAll, readTexts, record, records } from './harness.ts';
import { withHarness } from './with-harness.ts';

export const appendingConformance = (makeHarness: MakeHarness): void => {
  const given = withHarness(makeHarness);

  describe('topics', () => {
    it(
      'are described by an id and their partitions',
      given(async (harness) => {
        const log = await harness.connect('a');
        const parcels = await harness.topic('parcels', { partitions: 3 });
        const films = await harness.topic('films');
        const described = await log.describe(parcels);
        expect(described.partitions).toBe(3);
        expect(described.id).not.toBe((await log.describe(films)).id);
        expect(await log.describe(parcels)).toEqual(described);
      }),
    );

    it(
      'keep their id when partitions are added, and get another when created again',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const { id } = await log.describe(topic);
        await harness.addPartitions(topic, 4);
        expect(await log.describe(topic)).toEqual({ id, partitions: 4 });
        await harness.recreate(topic);
        expect((await log.describe(topic)).id).not.toBe(id);
      }),
    );

    it(
      'that are missing are named',
      given(async (harness) => {
        const log = await harness.connect('a');
        await expect(log.describe('missing')).rejects.toThrow(/AMENDS_TOPIC_MISSING[^]*missing/);
        await expect(log.ends([{ topic: 'missing', partition: 0 }])).rejects.toThrow(/AMENDS_TOPIC_MISSING[^]*missing/);
      }),
    );
  });

  describe('append', () => {
    it(
      'says where each record went, and records come back whole',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 2 });
        const headers = new Map([['amends.tick', Buffer.from([0, 255])]]);
        const appended = await log.append([
          record(topic, 'one'),
          { topic, partition: 1, key: null, value: Buffer.alloc(0), timestamp: longAgo, headers },
          { topic, partition: 0, key: Buffer.alloc(0), value: null, timestamp: longAgo },
        ]);
        expect(appended.map((each) => each.position)).toEqual([position(topic, 0), position(topic, 0, 1), position(topic, 1)]);
        const [one, deleted] = await readAll(log, { topic, partition: 0 });
        expect(one).toMatchObject({ topic, partition: 0, offset: 0, key: Buffer.from('one'), value: Buffer.from('one') });
        expect([...(one?.headers() ?? [])]).toEqual([]);
        expect(deleted).toMatchObject({ offset: 1, key: Buffer.alloc(0), value: null });
        const [tick] = await readAll(log, { topic, partition: 1 });
        expect(tick).toMatchObject({ key: null, value: Buffer.alloc(0) });
        expect(tick?.headers().get('amends.tick')).toEqual(Buffer.from([0, 255]));
      }),
    );

    it(
      "stamps with the broker's time where the topic has append times",
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { timestamps: 'append' });
        const earliest = harness.now();
        const [appended] = await log.append([record(topic, 'one', { timestamp: longAgo })]);
        const [read] = await readAll(log, { topic, partition: 0 });
        expect(appended?.appendedAt).toBe(read?.timestamp);
        expect(read?.timestamp).toBeGreaterThanOrEqual(earliest);
        expect(read?.timestamp).toBeLessThanOrEqual(harness.now());
      }),
    );

    it(
      "leaves the record's time where the topic has create times",
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { timestamps: 'create' });
        const writer = await log.write('t', new AbortController().signal);
        await log.append([record(topic, 'one', { timestamp: longAgo })]);
        await writer.commit([record(topic, 'two', { timestamp: longAgo })]);
        expect((await readAll(log, { topic, partition: 0 })).map(({ timestamp }) => timestamp)).toEqual([longAgo, longAgo]);
      }),
    );

    it(
      'rejects what is too large or has no topic',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { maxMessageBytes: 2_000 });
        await expect(log.append([record(topic, 'x'.repeat(3_000))])).rejects.toThrow(/parcels/);
        await expect(log.append([record('missing', 'one')])).rejects.toThrow(/missing/);
        expect(await readTexts(log, topic)).toEqual([]);
      }),
    );

    it(
      'is seen in the ends, in the order asked',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 3 });
        await log.append([...records(topic, ['a', 'b'], 2), record(topic, 'c', { partition: 1 })]);
        const places = [2, 0, 1].map((partition) => ({ topic, partition }));
        expect(await log.ends(places)).toEqual([
          { first: 0, stable: 2, high: 2 },
          { first: 0, stable: 0, high: 0 },
          { first: 0, stable: 1, high: 1 },
        ]);
      }),
    );
  });

  describe('trim', () => {
    it(
      'moves the first offset, and no further than what is decided',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        await log.append(records(topic, ['a', 'b', 'c']));
        await log.trim([position(topic, 2)]);
        expect(await endsOf(log, topic)).toEqual({ first: 2, stable: 3, high: 3 });
        expect(await readTexts(log, topic)).toEqual(['c']);
        await log.trim([position(topic, 1)]);
        expect((await endsOf(log, topic)).first).toBe(2);
      }),
    );
  });
};
