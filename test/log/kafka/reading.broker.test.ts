import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fetched, Log, Outgoing, Reader } from '../../../src/engine/log.ts';
import { describeBroker } from '../../broker/describe-broker.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { apiKeys } from '../../broker/wire.ts';
import { endsOf, onwards, pollSome, position, readAll, readTexts, record, records, textOf } from '../../conformance/harness.ts';
import { Corner } from './corner.ts';
import { RawTransaction } from './raw-transaction.ts';

const textsOf = (fetched: readonly Fetched[]): readonly string[] => fetched.flatMap((each) => each.records.map(textOf));

/** Polls until `next` of the only partition is `end`; gives all that came. */
const readUpTo = async (reader: Reader, end: number): Promise<readonly Fetched[]> => {
  const seen: Fetched[] = [];
  await waitUntil(`the reader is at ${end}`, async () => {
    seen.push(...(await reader.poll({ bytes: 1024 * 1024, waitMs: 50 }, onwards)));
    return seen.at(-1)?.next === end;
  });
  return seen;
};

/** A reader of the only partition, from its start. */
const startReading = (log: Log, topic: string): Reader => {
  const reader = log.read();
  reader.add(position(topic, 0));
  return reader;
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in buffers of this thread that somebody still refers to: what is garbage is given back a moment after it is found. */
const bytesHeld = async (): Promise<number> => {
  let last = -1;
  let held = Infinity;
  await waitUntil('nothing more is given back', () => {
    collect();
    last = held;
    held = process.memoryUsage().arrayBuffers;
    return held >= last;
  });
  return held;
};

describeBroker('reading what brokers really send', ({ brokers }) => {
  let corner: Corner;
  beforeAll(async () => {
    corner = await Corner.open(brokers);
  });
  afterAll(() => corner.close());

  describe('at once', { concurrent: true }, () => {
    it('aborted transactions that overlap leak nothing, whichever ends first', async () => {
      const topic = await corner.topic('overlapping');
      const log = corner.connect();
      const ids = ['one', 'two', 'kept'].map((name) => corner.name(name));
      const transactions = await Promise.all(ids.map((id) => RawTransaction.open(brokers, id)));
      for (let turn = 0; turn < 4; turn += 1)
        for (const [index, transaction] of transactions.entries())
          await transaction.append(records(topic, [`${['one', 'two', 'kept'][index] ?? ''} ${turn}`]));
      const [one, two, kept] = transactions;
      await one?.end(false);
      await two?.append(records(topic, ['two after one ended']));
      await kept?.append(records(topic, ['kept after one ended']));
      await two?.end(false);
      await kept?.append(records(topic, ['kept after two ended']));
      await kept?.end(true);
      await Promise.all(ids.map((id) => corner.untilEnded(id)));
      for (const each of transactions) each.close();
      expect(await readTexts(log, topic)).toEqual([
        ...[0, 1, 2, 3].map((turn) => `kept ${turn}`),
        'kept after one ended',
        'kept after two ended',
      ]);
    });

    it('a record whose key is four zero bytes is a record, in a transaction and outside', async () => {
      const topic = await corner.topic('zero-keys');
      const log = corner.connect();
      const id = corner.name('zero');
      const zero = (text: string): Outgoing => ({ ...record(topic, text), key: Buffer.alloc(4) });
      await log.append([zero('plain')]);
      expect((await (await log.write(id, onwards)).commit([zero('committed')])).outcome).toBe('committed');
      await corner.untilEnded(id);
      const read = await readAll(log, { topic, partition: 0 });
      expect(read.map(textOf)).toEqual(['plain', 'committed']);
      expect(read.map(({ key }) => key)).toEqual([Buffer.alloc(4), Buffer.alloc(4)]);
    });

    it('a stretch of nothing but markers is passed to the end', async () => {
      const topic = await corner.topic('markers');
      const log = corner.connect();
      const id = corner.name('markers');
      const writer = await log.write(id, onwards);
      // The partition is part of the transaction, and nothing is written into it.
      for (let turn = 0; turn < 5; turn += 1)
        expect((await writer.commit(records(topic, ['never']), () => Promise.resolve(false))).outcome).toBe('aborted');
      await corner.untilEnded(id);
      expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 5, high: 5 });
      const seen = await readUpTo(startReading(log, topic), 5);
      expect(textsOf(seen)).toEqual([]);
      const later = startReading(log, topic);
      await log.append(records(topic, ['after']));
      expect(textsOf(await readUpTo(later, 6))).toEqual(['after']);
    });

    it('a batch whose last records were compacted away is passed to where it ended', async () => {
      const topic = await corner.topic('compacted', {
        config: { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0.01, 'segment.ms': 1 },
      });
      const log = corner.connect();
      await log.append(records(topic, ['x 1', 'y 1', 'x 2', 'z 1']));
      // Too long for an answer that holds the batch before it, so that one is the last of its answer.
      const long = 'x'.repeat(600_000);
      await log.append(records(topic, ['x 3', `z ${long}`]));
      // Only what is behind the segment that is written to is compacted.
      await wait(5);
      await log.append(records(topic, ['end 1']));
      await waitUntil('it is compacted', async () => (await readTexts(log, topic)).join() === `y 1,x 3,z ${long},end 1`);
      const reader = startReading(log, topic);
      const kept = (await readUpTo(reader, 7)).flatMap((each) => each.records);
      expect(kept.map(({ offset }) => offset)).toEqual([1, 4, 5, 6]);
      reader.add(position(topic, 2));
      expect(textsOf(await readUpTo(reader, 7))).toEqual(['x 3', `z ${long}`, 'end 1']);
    });

    it('an open transaction holds readers of what comes behind it, and they go on when it ends', async () => {
      const topic = await corner.topic('open');
      const log = corner.connect();
      const id = corner.name('open');
      const writer = await log.write(id, onwards);
      let release = (): void => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      let asked = 0;
      const committed = writer.commit(records(topic, ['within']), async () => {
        asked += 1;
        if (asked === 2) await released;
        return true;
      });
      await waitUntil('it is written', async () => (await endsOf(log, topic)).high === 1);
      await log.append(records(topic, ['behind']));
      const reader = startReading(log, topic);
      expect(await reader.poll({ bytes: 1_000, waitMs: 200 }, onwards)).toEqual([]);
      expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 0, high: 2 });
      release();
      expect((await committed).outcome).toBe('committed');
      expect(textsOf(await readUpTo(reader, 3))).toEqual(['within', 'behind']);
    });

    it('a position in the middle of a batch that was trimmed goes on at the first record kept, and says so once', async () => {
      const topic = await corner.topic('trimmed');
      const log = corner.connect();
      await log.append(records(topic, ['a', 'b', 'c', 'd', 'e']));
      await log.trim([position(topic, 3)]);
      const reader = log.read();
      reader.add(position(topic, 1));
      const [fetched] = await pollSome(reader);
      expect(fetched).toMatchObject({ gap: 'trimmed', next: 5, first: 3 });
      expect(fetched?.records.map(({ offset }) => offset)).toEqual([3, 4]);
      await log.append(records(topic, ['f']));
      expect((await pollSome(reader)).map(({ gap }) => gap)).toEqual([undefined]);
    });

    it('a topic created again while a long poll waits is read from its first record, and says so', async () => {
      const topic = await corner.topic('reborn');
      const log = corner.connect();
      await log.append(records(topic, ['a', 'b']));
      const reader = startReading(log, topic);
      expect(textsOf(await readUpTo(reader, 2))).toEqual(['a', 'b']);
      const polled = (async (): Promise<readonly Fetched[]> => pollSome(reader))();
      await corner.recreate(topic);
      await corner.connect().append(records(topic, ['new']));
      const seen = [...(await polled)];
      // The gap may come a moment before what is behind it.
      if (textsOf(seen).length === 0) seen.push(...(await pollSome(reader)));
      expect(seen.map(({ gap }) => gap)[0]).toBe('recreated');
      expect(textsOf(seen)).toEqual(['new']);
    });

    it('a topic created again that is already longer is known for another by a reader that comes back to it', async () => {
      const topic = await corner.topic('longer');
      const log = corner.connect();
      await log.append(records(topic, ['a', 'b']));
      const reader = startReading(log, topic);
      await readUpTo(reader, 2);
      reader.pause({ topic, partition: 0 }, true);
      await corner.recreate(topic);
      await corner.connect().append(records(topic, ['new 1', 'new 2', 'new 3']));
      reader.pause({ topic, partition: 0 }, false);
      const seen = await readUpTo(reader, 3);
      expect(seen[0]).toMatchObject({ gap: 'recreated', topic });
      expect(textsOf(seen)).toEqual(['new 1', 'new 2', 'new 3']);
    });

    it('what was fetched of a topic before it was created again is never handed out as if it were of the new one', async () => {
      const topic = await corner.topic('mixed');
      const proxy = await corner.proxy();
      const log = corner.connect({ reroute: proxy.reroute });
      const helper = corner.connect();
      await helper.append(records(topic, ['old 1', 'old 2', 'old 3']));
      const reader = startReading(log, topic);
      const fetches = proxy.plant({ mishap: { kind: 'delay-answer', byMs: 0 }, apiKey: apiKeys.fetch, times: Infinity });
      // One record is taken, the rest waits in here.
      expect(textsOf(await pollSome(reader, 1))).toEqual(['old 1']);
      await corner.recreate(topic);
      await helper.describe(topic);
      await helper.append(records(topic, ['new 1']));
      const before = fetches.met;
      await waitUntil('it has noticed', async () => (await log.describe(topic), fetches.met > before + 12));
      const seen = await readUpTo(reader, 1);
      for (const { gap, records: some } of seen) {
        const lives = new Set(some.map((each) => textOf(each).split(' ')[0]));
        expect(lives.size).toBeLessThanOrEqual(1);
        if (lives.has('old')) expect(gap).toBeUndefined();
      }
      expect(seen.filter(({ gap }) => gap === 'recreated')).toHaveLength(1);
      expect(textsOf(seen).at(-1)).toBe('new 1');
    });
  });

  describe('alone', () => {
    it('a reader that is not polled holds no more than a bound, whatever the lag', async () => {
      const partitions = 4;
      const topic = await corner.topic('lag', { partitions });
      const helper = corner.connect();
      const value = Buffer.alloc(100_000, 'x');
      for (let turn = 0; turn < 3; turn += 1)
        await Promise.all(
          Array.from({ length: partitions }, (_, partition) =>
            helper.append(Array.from({ length: 40 }, () => ({ ...record(topic, 'big', { partition }), value }))),
          ),
        );
      const proxy = await corner.proxy();
      const log = corner.connect({ reroute: proxy.reroute });
      const fetches = proxy.plant({ mishap: { kind: 'delay-answer', byMs: 0 }, apiKey: apiKeys.fetch, times: Infinity });
      const idle = await corner.topic('idle');
      const others = startReading(log, idle);
      const reader = log.read();
      for (let partition = 0; partition < partitions; partition += 1) reader.add(position(topic, 0, partition));
      const before = await bytesHeld();
      const seen = await reader.poll({ bytes: 1, waitMs: 0 }, onwards);
      await others.poll({ bytes: 1, waitMs: 0 }, onwards);
      // Time enough to fetch all of it: what is fetched from the idle partition counts the rounds.
      await waitUntil('it has had the time', async () => {
        await wait(100);
        return fetches.met >= 60;
      });
      const heldBytes = (await bytesHeld()) - before;
      // A mebibyte or so a partition, while the topic holds 48 MB.
      expect(heldBytes).toBeGreaterThan(partitions * 100_000);
      expect(heldBytes).toBeLessThan(partitions * 2 * 1024 * 1024);
      expect(textsOf(seen).length).toBeLessThanOrEqual(partitions);
      let count = textsOf(seen).length;
      await waitUntil('all is read', async () => {
        count += textsOf(await reader.poll({ bytes: 4 * 1024 * 1024, waitMs: 100 }, onwards)).length;
        return count === partitions * 120;
      });
      await others.close();
      await reader.close();
    });
  });
});
