import { describe, expect, it } from 'vitest';
import type { Fetched } from '../../src/engine/log.ts';
import type { MakeHarness } from './harness.ts';
import { endsOf, onwards, pollSome, position, readAll, readTexts, record, records, settles, textOf, until } from './harness.ts';
import { withHarness } from './with-harness.ts';

const kilobyte = 'x'.repeat(1_000);
const now = { bytes: 1024 * 1024, waitMs: 0 };

const textsOf = (fetched: readonly Fetched[]): readonly string[] => fetched.flatMap((each) => each.records.map(textOf));

export const readingConformance = (makeHarness: MakeHarness): void => {
  const given = withHarness(makeHarness);

  describe('committed reads', () => {
    it(
      'go on past the marker of a commit to the end of the partition',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const writer = await log.write('t', onwards);
        await writer.commit(records(topic, ['a', 'b']));
        const reader = log.read();
        reader.add(position(topic, 0));
        const [fetched] = await pollSome(reader);
        expect(fetched).toMatchObject({ topic, partition: 0, first: 0, stable: 3, high: 3, next: 3 });
        expect(fetched?.gap).toBeUndefined();
        expect(fetched?.records.map(({ offset }) => offset)).toEqual([0, 1]);
      }),
    );

    it(
      'pass over aborted transactions that overlap each other and a committed one',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const [one, two, three] = [await harness.open(), await harness.open(), await harness.open()];
        await one.append(records(topic, ['aborted-1a', 'aborted-1b']));
        await two.append(records(topic, ['kept-2a']));
        await three.append(records(topic, ['aborted-3a']));
        await one.append(records(topic, ['aborted-1c']));
        await log.append(records(topic, ['plain']));
        await three.abort();
        await two.append(records(topic, ['kept-2b']));
        await one.abort();
        await two.commit();
        expect(await readTexts(log, topic)).toEqual(['kept-2a', 'plain', 'kept-2b']);
      }),
    );

    it(
      'reach the end over a stretch that holds nothing to read',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        for (let turn = 0; turn < 5; turn += 1) {
          const transaction = await harness.open();
          await transaction.append(records(topic, ['a', 'b']));
          await transaction.abort();
        }
        const { high } = await endsOf(log, topic);
        expect(high).toBe(15);
        const reader = log.read();
        reader.add(position(topic, 0));
        let next = 0;
        while (next < high)
          for (const fetched of await pollSome(reader)) {
            expect(fetched.records).toEqual([]);
            next = fetched.next;
          }
        expect(next).toBe(high);
      }),
    );

    it(
      'stop at the first open transaction, and go on once it has ended',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        await log.append(records(topic, ['before']));
        const transaction = await harness.open();
        await transaction.append(records(topic, ['within']));
        await log.append(records(topic, ['after']));
        expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 1, high: 3 });
        expect(await readTexts(log, topic)).toEqual(['before']);
        await transaction.commit();
        expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 4, high: 4 });
        expect(await readTexts(log, topic)).toEqual(['before', 'within', 'after']);
      }),
    );

    it(
      'are in order, once each, whatever the size of a poll',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const texts = Array.from({ length: 300 }, (_, index) => `${index} ${kilobyte}`);
        await log.append(records(topic, texts));
        const reader = log.read();
        reader.add(position(topic, 0));
        const seen: string[] = [];
        while (seen.length < texts.length) seen.push(...textsOf(await pollSome(reader, 7_000)));
        expect(seen).toEqual(texts);
      }),
    );

    it(
      'leave gaps where a key was written again, and keep the last of each key',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('rows', { compacted: true });
        await log.append(records(topic, ['x 1', 'y 1', 'x 2', 'z 1', 'x 3', 'y 2']));
        await log.append([{ ...record(topic, 'z'), value: null }]);
        const transaction = await harness.open();
        await transaction.append(records(topic, ['x 4']));
        await harness.compact(topic);
        const kept = await readAll(log, { topic, partition: 0 });
        expect(kept.map(textOf)).toEqual(['x 3', 'y 2', '(deleted)']);
        expect(kept.map(({ offset }) => offset)).toEqual([4, 5, 6]);
        expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 7, high: 8 });
        await transaction.abort();
        expect(await readTexts(log, topic)).toEqual(['x 3', 'y 2', '(deleted)']);
      }),
    );
  });

  describe('a gap', () => {
    it(
      'is told when what was to be read has been trimmed, once, and reading goes on behind it',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        await log.append(records(topic, ['a', 'b', 'c', 'd']));
        const reader = log.read();
        reader.add(position(topic, 1));
        await log.trim([position(topic, 3)]);
        const [fetched] = await pollSome(reader);
        expect(fetched).toMatchObject({ gap: 'trimmed', next: 4, first: 3 });
        expect(textsOf(fetched ? [fetched] : [])).toEqual(['d']);
        await log.append(records(topic, ['e']));
        const [next] = await pollSome(reader);
        expect(next?.gap).toBeUndefined();
      }),
    );

    it(
      'is told when all of it has been trimmed, and nothing is left',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        await log.append(records(topic, ['a', 'b']));
        await log.trim([position(topic, 2)]);
        const reader = log.read();
        reader.add(position(topic, 0));
        expect(await pollSome(reader)).toMatchObject([{ gap: 'trimmed', next: 2, records: [] }]);
      }),
    );

    it(
      'is none where exactly what was read has been trimmed',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        await log.append(records(topic, ['a', 'b']));
        await log.trim([position(topic, 1)]);
        const reader = log.read();
        reader.add(position(topic, 1));
        const [fetched] = await pollSome(reader);
        expect(fetched?.gap).toBeUndefined();
        expect(textsOf(fetched ? [fetched] : [])).toEqual(['b']);
      }),
    );

    it(
      'is told when the topic was created again, also where it already reaches as far',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        await log.append(records(topic, ['a', 'b']));
        const reader = log.read();
        reader.add(position(topic, 0));
        await pollSome(reader);
        await harness.recreate(topic);
        await log.append(records(topic, ['new-a', 'new-b', 'new-c']));
        // The gap may be seen before there is anything behind it.
        const seen: Fetched[] = [];
        while (textsOf(seen).length < 3) seen.push(...(await pollSome(reader)));
        expect(seen.map(({ gap }) => gap).filter((gap) => gap !== undefined)).toEqual(['recreated']);
        expect(seen[0]?.gap).toBe('recreated');
        expect(textsOf(seen)).toEqual(['new-a', 'new-b', 'new-c']);
        expect(seen.at(-1)?.next).toBe(3);
        expect(await reader.poll(now, onwards)).toEqual([]);
      }),
    );
  });

  describe('a poll', () => {
    it(
      'gives every partition a fair share',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 3 });
        for (const partition of [0, 1, 2])
          await log.append(
            records(
              topic,
              Array.from({ length: 100 }, (_, index) => `${index} ${kilobyte}`),
              partition,
            ),
          );
        const reader = log.read();
        for (const partition of [0, 1, 2]) reader.add(position(topic, 0, partition));
        const had = [0, 0, 0];
        for (let turn = 0; turn < 6; turn += 1)
          for (const { partition, records: some } of await pollSome(reader, 30_000)) had[partition] = (had[partition] ?? 0) + some.length;
        for (const count of had) expect(count).toBeGreaterThanOrEqual(20);
      }),
    );

    it(
      'stays within its bytes',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 2 });
        for (const partition of [0, 1])
          await log.append(
            records(
              topic,
              Array.from({ length: 50 }, (_, index) => `${index} ${kilobyte}`),
              partition,
            ),
          );
        const reader = log.read();
        for (const partition of [0, 1]) reader.add(position(topic, 0, partition));
        const bytes = (await pollSome(reader, 20_000))
          .flatMap((each) => each.records)
          .reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
        expect(bytes).toBeGreaterThan(2_000);
        expect(bytes).toBeLessThanOrEqual(20_000);
      }),
    );

    it(
      'is not held up by a record larger than its share',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 2 });
        await log.append([record(topic, 'x'.repeat(100_000)), record(topic, 'small', { partition: 1 })]);
        const reader = log.read();
        for (const partition of [0, 1]) reader.add(position(topic, 0, partition));
        const seen: number[] = [];
        while (seen.length < 2)
          for (const { partition, records: some } of await pollSome(reader, 1_000)) if (some.length > 0) seen.push(partition);
        expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1]);
      }),
    );

    it(
      'leaves a paused partition alone until it goes on from where it was',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 2 });
        const reader = log.read();
        for (const partition of [0, 1]) reader.add(position(topic, 0, partition));
        reader.pause({ topic, partition: 0 }, true);
        await log.append([record(topic, 'held'), record(topic, 'free', { partition: 1 })]);
        expect(textsOf(await pollSome(reader))).toEqual(['free']);
        expect(await reader.poll(now, onwards)).toEqual([]);
        reader.pause({ topic, partition: 0 }, false);
        expect(textsOf(await pollSome(reader))).toEqual(['held']);
      }),
    );

    it(
      'reads from the place last added, and nothing of what was dropped',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 2 });
        await log.append([...records(topic, ['a', 'b', 'c']), record(topic, 'other', { partition: 1 })]);
        const reader = log.read();
        for (const partition of [0, 1]) reader.add(position(topic, 0, partition));
        reader.drop({ topic, partition: 1 });
        expect(textsOf(await pollSome(reader))).toEqual(['a', 'b', 'c']);
        reader.add(position(topic, 1));
        expect(textsOf(await pollSome(reader))).toEqual(['b', 'c']);
      }),
    );

    it(
      'returns at once where it is not to wait',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const reader = log.read();
        reader.add(position(topic, 0));
        expect(await reader.poll(now, onwards)).toEqual([]);
      }),
    );

    it(
      'waits as long as it is told where nothing comes',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const reader = log.read();
        reader.add(position(topic, 0));
        const from = harness.now();
        let returnedAt = Infinity;
        void reader.poll({ bytes: 1_000, waitMs: 150 }, onwards).then(() => (returnedAt = harness.now()));
        await until(harness, () => returnedAt < Infinity);
        expect(returnedAt - from).toBeGreaterThanOrEqual(150);
      }),
    );

    it(
      'wakes when something comes',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const reader = log.read();
        reader.add(position(topic, 0));
        const polled = reader.poll({ bytes: 1_000, waitMs: 200 }, onwards);
        await harness.pass(50);
        await log.append(records(topic, ['a']));
        expect(textsOf(await polled)).toEqual(['a']);
      }),
    );

    it(
      'ends when its signal aborts',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const reader = log.read();
        reader.add(position(topic, 0));
        const stop = new AbortController();
        const polled = reader.poll({ bytes: 1_000, waitMs: 200 }, stop.signal);
        stop.abort();
        expect(await polled).toEqual([]);
      }),
    );

    it(
      'ends when its reader is closed',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const reader = log.read();
        reader.add(position(topic, 0));
        const polled = reader.poll({ bytes: 1_000, waitMs: 200 }, onwards);
        await reader.close();
        expect(await settles(harness, polled)).toBe(true);
      }),
    );
  });
};
