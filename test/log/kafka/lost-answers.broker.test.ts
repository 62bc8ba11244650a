import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { describeBroker } from '../../broker/describe-broker.ts';
import type { Mishap, Proxy } from '../../broker/proxy.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { apiKeys } from '../../broker/wire.ts';
import { endsOf, onwards, position, readTexts, record, records, textOf } from '../../conformance/harness.ts';
import { commitOnce, Corner } from './corner.ts';

const requestTimeoutMs = 1_000;

/** How a request can go wrong on its way, in words. */
const mishaps: readonly (readonly [string, Mishap])[] = [
  ['whose answer never comes', { kind: 'drop-answer' }],
  ['whose answer is cut off in its first bytes', { kind: 'cut-answer', afterBytes: 6 }],
  ['whose answer is cut off in the middle', { kind: 'cut-answer', afterBytes: 11 }],
  ['behind which its connection answers nothing more', { kind: 'delay-answer', byMs: 12 * requestTimeoutMs }],
  ['that never arrives', { kind: 'swallow' }],
  ['that is cut off on its way', { kind: 'cut-request' }],
];

describeBroker('a request', ({ brokers }) => {
  let corner: Corner;
  beforeAll(async () => {
    corner = await Corner.open(brokers);
  });
  afterAll(() => corner.close());

  const through = async (): Promise<{ readonly proxy: Proxy; readonly log: KafkaLog }> => {
    const proxy = await corner.proxy();
    return { proxy, log: corner.connect({ reroute: proxy.reroute, requestTimeoutMs }) };
  };

  for (const [what, mishap] of mishaps)
    describe(`going wrong: ${what}`, { concurrent: true }, () => {
      for (const name of ['addPartitionsToTxn', 'produce'] as const)
        it(`leaves a transaction aborted at ${name}, settled before anybody takes over, and the next attempt commits it once`, async () => {
          const topic = await corner.topic('parcels', { partitions: 2 });
          const { proxy, log } = await through();
          const planted = proxy.plant({ mishap, apiKey: apiKeys[name] });
          const id = corner.name('task');
          const both = [record(topic, 'a'), record(topic, 'b', { partition: 1 })];
          const writer = await log.write(id, onwards);
          expect(await writer.commit(both)).toMatchObject({ outcome: 'aborted', permanent: false });
          await corner.untilEnded(id);
          expect(await commitOnce(log, id, both, () => Promise.resolve(false))).toEqual(['committed']);
          await corner.untilEnded(id);
          expect(planted.met).toBe(1);
          expect([await readTexts(log, topic), await readTexts(log, topic, 1)]).toEqual([['a'], ['b']]);
        });

      it('leaves it unknown at endTxn what became of a transaction, and who takes over finds the truth', async () => {
        const topic = await corner.topic('parcels');
        const { proxy, log } = await through();
        const planted = proxy.plant({ mishap, apiKey: apiKeys.endTxn });
        const id = corner.name('task');
        const writer = await log.write(id, onwards);
        expect((await writer.commit(records(topic, ['a']))).outcome).toBe('unknown');
        expect((await writer.commit(records(topic, ['more']))).outcome).toBe('fenced');
        await log.write(id, onwards);
        await corner.untilEnded(id);
        const arrived = mishap.kind !== 'swallow' && mishap.kind !== 'cut-request';
        expect(planted.met).toBe(1);
        expect(await readTexts(log, topic)).toEqual(arrived ? ['a'] : []);
      });

      for (const name of ['initProducerId', 'findCoordinator'] as const)
        it(`rejects at ${name}, in time, and the next attempt takes the id over`, async () => {
          const topic = await corner.topic('parcels');
          const { proxy, log } = await through();
          const planted = proxy.plant({ mishap, apiKey: apiKeys[name] });
          const id = corner.name('task');
          await expect(log.write(id, onwards)).rejects.toThrow(/no answer/);
          expect(await commitOnce(log, id, records(topic, ['a']), () => Promise.resolve(false))).toEqual(['committed']);
          await corner.untilEnded(id);
          expect(planted.met).toBe(1);
          expect(await readTexts(log, topic)).toEqual(['a']);
        });

      it('costs a reader nothing at fetch: each record comes once, in order', async () => {
        const topic = await corner.topic('parcels');
        const { proxy, log } = await through();
        const texts = Array.from({ length: 60 }, (_, index) => `${index}`);
        const helper = corner.connect();
        const reader = log.read();
        reader.add(position(topic, 0));
        // Cut in the middle of the records, not before them.
        const within: Mishap = mishap.kind === 'cut-answer' ? { ...mishap, afterBytes: 20 * mishap.afterBytes } : mishap;
        const planted = proxy.plant({ mishap: within, apiKey: apiKeys.fetch, skip: 1, times: 3 });
        const seen: string[] = [];
        const poll = async (): Promise<void> => {
          for (const each of await reader.poll({ bytes: 1_000_000, waitMs: 50 }, onwards)) seen.push(...each.records.map(textOf));
        };
        await poll();
        for (let from = 0; from < texts.length; from += 20) {
          await helper.append(records(topic, texts.slice(from, from + 20)));
          await poll();
        }
        await waitUntil('all is read', async () => {
          await poll();
          return seen.length >= texts.length && planted.met === 3;
        });
        expect(seen).toEqual(texts);
        await reader.close();
      });

      it('rejects at listOffsets and at metadata, and the next one is answered', async () => {
        const topic = await corner.topic('parcels');
        const { proxy, log } = await through();
        await log.describe(topic);
        const offsets = proxy.plant({ mishap, apiKey: apiKeys.listOffsets });
        await expect(endsOf(log, topic)).rejects.toThrow(/no answer/);
        expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 0, high: 0 });
        const metadata = proxy.plant({ mishap, apiKey: apiKeys.metadata });
        await expect(log.describe(topic)).rejects.toThrow(/no answer/);
        expect((await log.describe(topic)).partitions).toBe(1);
        expect([offsets.met, metadata.met]).toEqual([1, 1]);
      });
    });

  describe('that is never answered', { concurrent: true }, () => {
    it('ends within the time for requests, and what goes another way goes on meanwhile', async () => {
      const topic = await corner.topic('parcels', { partitions: 2 });
      const proxy = await corner.proxy();
      const patientMs = 4_000;
      const log = corner.connect({ reroute: proxy.reroute, requestTimeoutMs: patientMs });
      await corner.connect().append(records(topic, ['a']));
      await log.describe(topic);
      const writer = await log.write(corner.name('task'), onwards);
      // What is sent behind it on the same connection isn't answered either.
      const held = proxy.plant({ mishap: { kind: 'delay-answer', byMs: 3 * patientMs }, apiKey: apiKeys.produce });
      const startedAt = performance.now();
      let isOver = false;
      const committed = writer.commit(records(topic, ['b'], 1)).then(({ outcome }) => {
        isOver = true;
        return outcome;
      });
      await held.first;
      expect((await endsOf(log, topic)).high).toBe(1);
      expect(await readTexts(log, topic)).toEqual(['a']);
      await log.append(records(topic, ['c']));
      expect(isOver).toBe(false);
      expect(await committed).toBe('aborted');
      expect(performance.now() - startedAt).toBeLessThan(2 * patientMs);
    });

    it('keeps no other partition waiting where it is a long poll', async () => {
      const topic = await corner.topic('parcels', { partitions: 2 });
      const proxy = await corner.proxy();
      const patientMs = 10_000;
      const log = corner.connect({ reroute: proxy.reroute, requestTimeoutMs: patientMs });
      await corner.connect().append(records(topic, ['a'], 1));
      const reader = log.read();
      reader.add(position(topic, 0));
      const startedAt = performance.now();
      // What nothing has come from for a second is asked for by itself.
      await waitUntil('nothing stirs', async () => {
        await reader.poll({ bytes: 1_000, waitMs: 200 }, onwards);
        return performance.now() - startedAt > 1_300;
      });
      const held = proxy.plant({ mishap: { kind: 'swallow' }, apiKey: apiKeys.fetch });
      await held.first;
      reader.add(position(topic, 0, 1));
      const fetched = await waitFor(() => reader.poll({ bytes: 1_000, waitMs: 200 }, onwards));
      expect(fetched.flatMap((each) => each.records.map(textOf))).toEqual(['a']);
      expect(performance.now() - startedAt).toBeLessThan(patientMs / 2);
      await reader.close();
    });
  });
});

/** What the first poll brings that brings anything. */
const waitFor = async <T>(poll: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  let some: readonly T[] = [];
  await waitUntil('something comes', async () => {
    some = await poll();
    return some.length > 0;
  });
  return some;
};
