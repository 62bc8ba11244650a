import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBroker } from '../../broker/describe-broker.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { apiKeys } from '../../broker/wire.ts';
import { endsOf, onwards, readTexts, record, records } from '../../conformance/harness.ts';
import { commitOnce, Corner } from './corner.ts';
import { limitClient } from './limit-client.ts';
import { RawTransaction } from './raw-transaction.ts';

describeBroker('writing as brokers really take it', ({ brokers }) => {
  let corner: Corner;
  beforeAll(async () => {
    corner = await Corner.open(brokers);
  });
  afterAll(() => corner.close());

  describe('at once', { concurrent: true }, () => {
    for (const [place, nth] of [
      ['before its partitions are added', 0],
      ['before it produces', 1],
      ['before its end', 2],
    ] as const)
      it(`a writer whose id was taken over ${place} is fenced, and nothing of it is read`, async () => {
        const topic = await corner.topic('parcels');
        const [late, owner] = [corner.connect(), corner.connect()];
        const id = corner.name('task');
        const writer = await late.write(id, onwards);
        let next = nth === 0 ? await owner.write(id, onwards) : undefined;
        let asked = 0;
        const outcome = await writer.commit(records(topic, ['late']), async () => {
          asked += 1;
          if (asked === nth) next = await owner.write(id, onwards);
          return true;
        });
        expect(outcome.outcome).toBe('fenced');
        expect((await writer.commit(records(topic, ['later']))).outcome).toBe('fenced');
        expect((await next?.commit(records(topic, ['owner'])))?.outcome).toBe('committed');
        await corner.untilEnded(id);
        expect(await readTexts(owner, topic)).toEqual(['owner']);
      });

    it('a zombie that initialises after the owner wins once, and the owner that takes over again has it for good', async () => {
      const topic = await corner.topic('parcels');
      const [owner, zombie] = [corner.connect(), corner.connect()];
      const id = corner.name('task');
      const owned = await owner.write(id, onwards);
      const stolen = await zombie.write(id, onwards);
      expect((await owned.commit(records(topic, ['owner']))).outcome).toBe('fenced');
      const again = await owner.write(id, onwards);
      expect((await stolen.commit(records(topic, ['zombie']))).outcome).toBe('fenced');
      expect((await again.commit(records(topic, ['owner']))).outcome).toBe('committed');
      await corner.untilEnded(id);
      expect(await readTexts(owner, topic)).toEqual(['owner']);
    });

    it('taking an id over settles what its last owner left open, before anything is written', async () => {
      const topic = await corner.topic('parcels', { partitions: 3 });
      const id = corner.name('task');
      const left = await RawTransaction.open(brokers, id);
      await left.append([0, 1, 2].map((partition) => record(topic, 'half', { partition })));
      left.close();
      const log = corner.connect();
      expect((await endsOf(log, topic)).stable).toBe(0);
      const writer = await log.write(id, onwards);
      expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 2, high: 2 });
      expect((await writer.commit(records(topic, ['whole']))).outcome).toBe('committed');
      await corner.untilEnded(id);
      expect(await readTexts(log, topic)).toEqual(['whole']);
    });

    it('transactions of one writer follow each other at once, though the markers of the last are still being written', async () => {
      const topic = await corner.topic('parcels', { partitions: 8 });
      const log = corner.connect();
      const id = corner.name('task');
      const writer = await log.write(id, onwards);
      for (let turn = 0; turn < 20; turn += 1) {
        const all = Array.from({ length: 8 }, (_, partition) => record(topic, `${turn}`, { partition }));
        expect((await writer.commit(all)).outcome).toBe('committed');
      }
      await corner.untilEnded(id);
      expect(await readTexts(log, topic, 7)).toEqual(Array.from({ length: 20 }, (_, turn) => `${turn}`));
    });

    it('many transactions of one process, with requests lost among them, write each record once', async () => {
      const ids = Array.from({ length: 12 }, (_, index) => index);
      const topic = await corner.topic('parcels', { partitions: ids.length });
      const proxy = await corner.proxy();
      const log = corner.connect({ reroute: proxy.reroute, requestTimeoutMs: 1_500 });
      const names = ids.map((index) => corner.name(`task-${index}`));
      const planted = [
        proxy.plant({ mishap: { kind: 'swallow' }, apiKey: apiKeys.produce, skip: 10 }),
        proxy.plant({ mishap: { kind: 'drop-answer' }, apiKey: apiKeys.endTxn, skip: 20 }),
        proxy.plant({ mishap: { kind: 'cut-answer', afterBytes: 9 }, apiKey: apiKeys.addPartitionsToTxn, skip: 30 }),
      ];
      await Promise.all(
        ids.map(async (partition) => {
          for (let turn = 0; turn < 4; turn += 1)
            await commitOnce(log, names[partition] ?? '', records(topic, [`${turn}`], partition), async () =>
              (await readTexts(log, topic, partition)).includes(`${turn}`),
            );
        }),
      );
      await Promise.all(names.map((name) => corner.untilEnded(name)));
      expect(planted.map(({ met }) => met)).toEqual([1, 1, 1]);
      for (const partition of ids) expect(await readTexts(log, topic, partition)).toEqual(['0', '1', '2', '3']);
    });

    it('who is throttled keeps still for so long, and nothing is given up', async () => {
      const clientId = corner.name('throttled');
      const topic = await corner.topic('parcels');
      const bytesASecond = 20_000;
      await limitClient(brokers[0] ?? '', clientId, 'producer_byte_rate', bytesASecond);
      const requestTimeoutMs = 1_500;
      const log = corner.connect({ clientId, requestTimeoutMs });
      // The broker reckons over the last ten seconds, so about three seconds' worth is too much.
      const value = Buffer.alloc(1_000, 'x');
      const tooMuch = Array.from({ length: 13 * 20 }, () => ({ ...record(topic, 'x'), value }));
      const failures: unknown[] = [];
      await waitUntil('the quota has come to bear', async () => {
        const from = performance.now();
        await log.append(tooMuch);
        await endsOf(log, topic).catch((error: unknown) => failures.push(error));
        return performance.now() - from > requestTimeoutMs;
      });
      expect(failures).toEqual([]);
    });
  });
});
