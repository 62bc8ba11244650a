import { describe, expect, it } from 'vitest';
import type { FaultPoint } from '../../src/engine/log.ts';
import type { MakeHarness } from './harness.ts';
import { endsOf, once, onwards, pollSome, position, readTexts, record, records, saidBy, settles, textOf, until } from './harness.ts';
import { withHarness } from './with-harness.ts';

const beforeTheEnd = ['addPartitions', 'produce'] as const;
const crashPoints: readonly FaultPoint[] = ['addPartitions', 'after-addPartitions', 'produce', 'after-produce', 'end', 'after-end'];

export const faultConformance = (makeHarness: MakeHarness): void => {
  const given = withHarness(makeHarness);

  describe('a commit', () => {
    for (const point of beforeTheEnd)
      for (const fault of ['refuse', 'lose-request', 'lose-answer'] as const)
        // The second produce is the one that fails, so that something has been written.
        it(
          `is aborted, and settled, by ${fault} at ${point}`,
          given(async (harness) => {
            const log = await harness.connect('a', once(point, fault, point === 'produce' ? 2 : 1));
            const topic = await harness.topic('parcels', { partitions: 2 });
            const writer = await log.write('t', onwards);
            const outcome = await writer.commit([record(topic, 'a'), record(topic, 'b', { partition: 1 })]);
            expect(outcome).toMatchObject({ outcome: 'aborted', permanent: false });
            for (const partition of [0, 1]) {
              const { stable, high } = await endsOf(log, topic, partition);
              expect(stable).toBe(high);
              expect(await readTexts(log, topic, partition)).toEqual([]);
            }
            const again = await log.write('t', onwards);
            expect((await again.commit(records(topic, ['again']))).outcome).toBe('committed');
            expect(await readTexts(log, topic)).toEqual(['again']);
          }),
        );

    for (const point of ['addPartitions', 'produce', 'end'] as const)
      it(
        `of a fenced writer is fenced, not aborted, where ${point} is refused`,
        given(async (harness) => {
          const topic = await harness.topic('parcels');
          const owner = await harness.connect('owner');
          const late = await harness.connect('late', async (at) => {
            if (at !== point) return 'none';
            await owner.write('t', onwards);
            return 'refuse';
          });
          const writer = await late.write('t', onwards);
          expect((await writer.commit(records(topic, ['late']))).outcome).toBe('fenced');
          expect(await readTexts(owner, topic)).toEqual([]);
        }),
      );

    it(
      'is aborted by an end that is refused',
      given(async (harness) => {
        const log = await harness.connect('a', once('end', 'refuse'));
        const topic = await harness.topic('parcels');
        const writer = await log.write('t', onwards);
        expect(await writer.commit(records(topic, ['a']))).toMatchObject({ outcome: 'aborted', permanent: false });
        expect(await readTexts(log, topic)).toEqual([]);
      }),
    );

    it(
      'is unknown, and was not made, where the end never arrived',
      given(async (harness) => {
        const log = await harness.connect('a', once('end', 'lose-request'));
        const topic = await harness.topic('parcels');
        const writer = await log.write('t', onwards);
        expect((await writer.commit(records(topic, ['a']))).outcome).toBe('unknown');
        // What is still open must not be committed by what comes next.
        expect((await writer.commit(records(topic, ['b']))).outcome).toBe('fenced');
        await log.write('t', onwards);
        expect(await readTexts(log, topic)).toEqual([]);
      }),
    );

    for (const [point, fault] of [
      ['end', 'lose-answer'],
      ['after-end', 'lose-answer'],
    ] as const)
      it(
        `is unknown, and was made, by ${fault} at ${point}`,
        given(async (harness) => {
          const log = await harness.connect('a', once(point, fault));
          const topic = await harness.topic('parcels');
          const writer = await log.write('t', onwards);
          expect((await writer.commit(records(topic, ['a']))).outcome).toBe('unknown');
          await log.write('t', onwards);
          expect(await readTexts(log, topic)).toEqual(['a']);
        }),
      );
  });

  describe('a crash', () => {
    for (const point of crashPoints)
      it(
        `at ${point} ends the process there, and the next owner finds ${point === 'after-end' ? 'all of it' : 'nothing of it'}`,
        given(async (harness) => {
          const [dying, next] = [await harness.connect('dying', once(point, 'crash')), await harness.connect('next')];
          const topic = await harness.topic('parcels');
          const writer = await dying.write('t', onwards);
          expect(await settles(harness, writer.commit(records(topic, ['a'])))).toBe(false);
          await next.write('t', onwards);
          expect(await readTexts(next, topic)).toEqual(point === 'after-end' ? ['a'] : []);
          const { stable, high } = await endsOf(next, topic);
          expect(stable).toBe(high);
        }),
      );

    it(
      'is the end of every call on that handle, and of nothing else',
      given(async (harness) => {
        let isCrashed = false;
        const dying = await harness.connect('dying', (point) => {
          isCrashed ||= point === 'produce';
          return Promise.resolve(point === 'produce' ? 'crash' : 'none');
        });
        const topic = await harness.topic('parcels');
        const writer = await dying.write('t', onwards);
        const reader = dying.read();
        reader.add(position(topic, 0));
        void writer.commit(records(topic, ['a']));
        await until(harness, () => isCrashed);
        const calls = [
          writer.commit(records(topic, ['b'])),
          reader.poll({ bytes: 1_000, waitMs: 0 }, onwards),
          dying.ends([{ topic, partition: 0 }]),
          dying.append(records(topic, ['c'])),
          dying.write('u', onwards),
          dying.describe(topic),
          dying.join('g', [{ stage: 's', partition: 0 }], { assigned: () => {}, losing: () => Promise.resolve() }),
          dying.close(),
        ];
        expect(await Promise.all(calls.map((call) => settles(harness, call)))).toEqual(calls.map(() => false));
        const alive = await harness.connect('alive');
        await alive.append(records(topic, ['d']));
        expect((await endsOf(alive, topic)).high).toBeGreaterThan(0);
      }),
    );
  });

  describe('initialising', () => {
    for (const fault of ['refuse', 'lose-request'] as const)
      it(
        `rejects by ${fault}, and leaves the owner alone`,
        given(async (harness) => {
          const [owner, other] = [await harness.connect('owner'), await harness.connect('other', once('initialise', fault))];
          const topic = await harness.topic('parcels');
          const writer = await owner.write('t', onwards);
          await expect(other.write('t', onwards)).rejects.toThrow(saidBy[fault]);
          expect((await writer.commit(records(topic, ['a']))).outcome).toBe('committed');
        }),
      );

    it(
      'rejects when its answer is lost, though the owner is fenced',
      given(async (harness) => {
        const [owner, other] = [await harness.connect('owner'), await harness.connect('other', once('initialise', 'lose-answer'))];
        const topic = await harness.topic('parcels');
        const writer = await owner.write('t', onwards);
        await expect(other.write('t', onwards)).rejects.toThrow(saidBy['lose-answer']);
        expect((await writer.commit(records(topic, ['a']))).outcome).toBe('fenced');
      }),
    );

    it(
      'gives up when its signal has aborted',
      given(async (harness) => {
        const log = await harness.connect('a');
        await expect(log.write('t', AbortSignal.abort())).rejects.toThrow(/abort/);
      }),
    );
  });

  describe('other requests', () => {
    for (const fault of ['refuse', 'lose-request', 'lose-answer'] as const) {
      it(
        `fetch: ${fault} rejects the poll and loses no record`,
        given(async (harness) => {
          const log = await harness.connect('a', once('fetch', fault));
          const topic = await harness.topic('parcels');
          await log.append(records(topic, ['a']));
          const reader = log.read();
          reader.add(position(topic, 0));
          await expect(pollSome(reader)).rejects.toThrow(saidBy[fault]);
          const fetched = await pollSome(reader);
          expect(fetched.flatMap((each) => each.records.map(textOf))).toEqual(['a']);
        }),
      );

      it(
        `ends: ${fault} rejects`,
        given(async (harness) => {
          const log = await harness.connect('a', once('ends', fault));
          const topic = await harness.topic('parcels');
          await expect(log.ends([{ topic, partition: 0 }])).rejects.toThrow(saidBy[fault]);
          expect(await endsOf(log, topic)).toEqual({ first: 0, stable: 0, high: 0 });
        }),
      );

      it(
        `append: ${fault} rejects, ${fault === 'lose-answer' ? 'though it was written' : 'and nothing was written'}`,
        given(async (harness) => {
          const log = await harness.connect('a', once('produce', fault));
          const topic = await harness.topic('parcels');
          await expect(log.append(records(topic, ['a']))).rejects.toThrow(saidBy[fault]);
          expect(await readTexts(log, topic)).toEqual(fault === 'lose-answer' ? ['a'] : []);
        }),
      );
    }
  });
};
