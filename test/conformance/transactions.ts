import { describe, expect, it } from 'vitest';
import type { MakeHarness } from './harness.ts';
import { endsOf, once, onwards, position, readTexts, record, records, until } from './harness.ts';
import { withHarness } from './with-harness.ts';

export const transactionConformance = (makeHarness: MakeHarness): void => {
  const given = withHarness(makeHarness);

  describe('a transaction', () => {
    it(
      'writes to several partitions together, each in order, and says how far',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { partitions: 2 });
        const other = await harness.topic('films');
        const writer = await log.write('t', onwards);
        const outcome = await writer.commit([
          record(topic, 'a'),
          record(other, 'film'),
          record(topic, 'b', { partition: 1 }),
          record(topic, 'c'),
        ]);
        expect(outcome).toEqual({ outcome: 'committed', ends: [position(topic, 2), position(other, 1), position(topic, 1, 1)] });
        expect(await readTexts(log, topic)).toEqual(['a', 'c']);
        expect(await readTexts(log, topic, 1)).toEqual(['b']);
        expect(await readTexts(log, other)).toEqual(['film']);
      }),
    );

    it(
      'follows another of the same writer',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const writer = await log.write('t', onwards);
        await writer.commit(records(topic, ['a', 'b']));
        expect(await writer.commit(records(topic, ['c']))).toEqual({ outcome: 'committed', ends: [position(topic, 4)] });
        expect(await readTexts(log, topic)).toEqual(['a', 'b', 'c']);
      }),
    );

    it(
      'with a record too large for its topic is aborted for good, whole, and the next one goes on',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels', { maxMessageBytes: 5_000 });
        const other = await harness.topic('films');
        const writer = await log.write('t', onwards);
        const outcome = await writer.commit([record(other, 'film'), record(topic, 'a'), record(topic, `b ${'x'.repeat(6_000)}`)]);
        expect(outcome).toMatchObject({ outcome: 'aborted', permanent: true });
        expect(await readTexts(log, topic)).toEqual([]);
        expect(await readTexts(log, other)).toEqual([]);
        const again = await log.write('t', onwards);
        expect(await again.commit([record(topic, `c ${'x'.repeat(4_000)}`)])).toMatchObject({ outcome: 'committed' });
      }),
    );

    it(
      'to a topic or partition that is missing is aborted for good, whole',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        for (const missing of [record('missing', 'b'), record(topic, 'b', { partition: 7 })]) {
          const writer = await log.write('t', onwards);
          expect(await writer.commit([record(topic, 'a'), missing])).toMatchObject({ outcome: 'aborted', permanent: true });
        }
        expect(await readTexts(log, topic)).toEqual([]);
      }),
    );
  });

  describe('the permit', () => {
    it(
      'is asked before anything is produced, and again when all is',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const writer = await log.write('t', onwards);
        const highs: number[] = [];
        const outcome = await writer.commit(records(topic, ['a', 'b']), async () => {
          highs.push((await endsOf(log, topic)).high);
          return true;
        });
        expect(outcome.outcome).toBe('committed');
        expect(highs).toEqual([0, 2]);
      }),
    );

    for (const refusedAt of [1, 2])
      it(
        `refused when asked the ${refusedAt === 1 ? 'first' : 'second'} time aborts, and the writer goes on`,
        given(async (harness) => {
          const log = await harness.connect('a');
          const topic = await harness.topic('parcels');
          const writer = await log.write('t', onwards);
          let asked = 0;
          const outcome = await writer.commit(records(topic, ['money']), async () => {
            asked += 1;
            return asked !== refusedAt;
          });
          expect(outcome).toEqual({ outcome: 'aborted', reason: 'permit', permanent: false });
          expect(asked).toBe(refusedAt);
          expect(await writer.commit(records(topic, ['message']))).toMatchObject({ outcome: 'committed' });
          expect(await readTexts(log, topic)).toEqual(['message']);
        }),
      );

    it(
      'that can not be asked for aborts',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const writer = await log.write('t', onwards);
        const outcome = await writer.commit(records(topic, ['money']), () => Promise.reject(new Error('no answer')));
        expect(outcome).toMatchObject({ outcome: 'aborted', permanent: false });
        expect(await readTexts(log, topic)).toEqual([]);
      }),
    );
  });

  describe('a transactional id', () => {
    it(
      'belongs to who initialised it last: the one before is fenced, and leaves nothing',
      given(async (harness) => {
        const [one, two] = [await harness.connect('one'), await harness.connect('two')];
        const topic = await harness.topic('parcels');
        const first = await one.write('t', onwards);
        await first.commit(records(topic, ['first']));
        const second = await two.write('t', onwards);
        expect((await first.commit(records(topic, ['late']))).outcome).toBe('fenced');
        expect((await first.commit(records(topic, ['later']))).outcome).toBe('fenced');
        expect(await second.commit(records(topic, ['second']))).toMatchObject({ outcome: 'committed' });
        expect(await readTexts(two, topic)).toEqual(['first', 'second']);
      }),
    );

    it(
      'is won once by a zombie that initialises after the owner, and won back by the owner',
      given(async (harness) => {
        const [owner, zombie] = [await harness.connect('owner'), await harness.connect('zombie')];
        const topic = await harness.topic('parcels');
        const owned = await owner.write('t', onwards);
        await zombie.write('t', onwards);
        expect((await owned.commit(records(topic, ['a']))).outcome).toBe('fenced');
        const again = await owner.write('t', onwards);
        expect((await again.commit(records(topic, ['a']))).outcome).toBe('committed');
        expect(await readTexts(owner, topic)).toEqual(['a']);
      }),
    );

    it(
      'taken over in the middle of a transaction fences it, and what it had written is aborted',
      given(async (harness) => {
        const [one, two] = [await harness.connect('one'), await harness.connect('two')];
        const topic = await harness.topic('parcels');
        const first = await one.write('t', onwards);
        let asked = 0;
        const outcome = await first.commit(records(topic, ['half']), async () => {
          asked += 1;
          if (asked === 2) await two.write('t', onwards);
          return true;
        });
        expect(outcome.outcome).toBe('fenced');
        expect(await readTexts(two, topic)).toEqual([]);
        const { stable, high } = await endsOf(two, topic);
        expect(stable).toBe(high);
      }),
    );

    it(
      'is another than every other: two write side by side',
      given(async (harness) => {
        const log = await harness.connect('a');
        const topic = await harness.topic('parcels');
        const [one, two] = [await log.write('one', onwards), await log.write('two', onwards)];
        const outcomes = await Promise.all([one.commit(records(topic, ['a'])), two.commit(records(topic, ['b']))]);
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
      }),
    );
  });

  describe('a transaction left open', () => {
    it(
      'holds readers until the id is taken over',
      given(async (harness) => {
        const [dying, next] = [await harness.connect('dying', once('end', 'crash')), await harness.connect('next')];
        const topic = await harness.topic('parcels');
        const left = await dying.write('t', onwards);
        void left.commit(records(topic, ['half']));
        await until(harness, async () => (await endsOf(next, topic)).high === 1);
        await next.append(records(topic, ['after']));
        expect(await readTexts(next, topic)).toEqual([]);
        await next.write('t', onwards);
        expect(await readTexts(next, topic)).toEqual(['after']);
      }),
    );

    it(
      'holds readers until its time has run out where nobody takes over, and fences its writer',
      given(async (harness) => {
        const dying = await harness.connect('dying', once('end', 'lose-request'));
        const other = await harness.connect('other');
        const topic = await harness.topic('parcels');
        const left = await dying.write('t', onwards);
        expect((await left.commit(records(topic, ['half']))).outcome).toBe('unknown');
        const openedAt = harness.now();
        await other.append(records(topic, ['after']));
        expect((await endsOf(other, topic)).stable).toBe(0);
        await until(harness, async () => (await endsOf(other, topic)).stable > 0);
        expect(harness.now() - openedAt).toBeGreaterThanOrEqual(harness.transactionTimeoutMs - 100);
        expect(await readTexts(other, topic)).toEqual(['after']);
        expect((await left.commit(records(topic, ['more']))).outcome).toBe('fenced');
      }),
    );
  });
};
