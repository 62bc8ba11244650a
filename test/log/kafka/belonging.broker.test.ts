import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log, Membership, TaskId } from '../../../src/engine/log.ts';
import { taskName } from '../../../src/engine/log.ts';
import { describeBroker } from '../../broker/describe-broker.ts';
import type { Mishap } from '../../broker/proxy.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { apiKeys } from '../../broker/wire.ts';
import { endsOf, onwards, records } from '../../conformance/harness.ts';
import { atLast, Corner } from './corner.ts';

const tasks: readonly TaskId[] = [0, 1, 2, 3, 4, 5].map((partition) => ({ stage: 'care', partition }));
const all = tasks.map(taskName).toSorted();

/** A process that keeps account of what it was given and what it lost. */
class Member {
  readonly running = new Set<string>();
  readonly losses: string[] = [];
  /** What losing takes. */
  lose: () => Promise<void> = () => Promise.resolve();
  #membership: Membership | undefined;

  async join(log: Log, group: string): Promise<this> {
    this.#membership = await log.join(group, tasks, {
      assigned: (fresh) => {
        for (const task of fresh) this.running.add(taskName(task));
      },
      losing: async (moved) => {
        await this.lose();
        for (const task of moved) {
          this.running.delete(taskName(task));
          this.losses.push(taskName(task));
        }
      },
    });
    return this;
  }

  async confirmed(): Promise<readonly string[]> {
    return ((await this.#membership?.confirm()) ?? []).map(taskName).toSorted();
  }
}

/** Until each of them has its share, and together they run each task once. */
const settled = (...members: readonly Member[]): Promise<void> =>
  waitUntil(`${members.length} processes share the tasks`, () => {
    const running = members.flatMap((member) => [...member.running]);
    return members.every((member) => member.running.size === tasks.length / members.length) && running.toSorted().join() === all.join();
  });

const mishaps: readonly (readonly [string, Mishap])[] = [
  ['drop-answer', { kind: 'drop-answer' }],
  ['cut-answer', { kind: 'cut-answer', afterBytes: 11 }],
  ['swallow', { kind: 'swallow' }],
];

describeBroker('belonging to a group', ({ brokers }) => {
  let corner: Corner;
  beforeAll(async () => {
    corner = await Corner.open(brokers);
  });
  afterAll(() => corner.close());

  describe('over a broken line', { concurrent: true }, () => {
    for (const [how, mishap] of mishaps) {
      for (const [request, skip] of [
        ['joinGroup', 0],
        ['joinGroup', 1],
        ['syncGroup', 0],
      ] as const)
        it(`comes about after ${how} at ${skip === 1 ? 'the second ' : ''}${request}, and each task runs once`, async () => {
          const group = corner.name('group');
          const one = await new Member().join(corner.connect(), group);
          const proxy = await corner.proxy();
          const log = corner.connect({ reroute: proxy.reroute, requestTimeoutMs: 1_000 });
          const planted = proxy.plant({ mishap, apiKey: apiKeys[request], skip });
          const two = new Member();
          await atLast('two has joined', () => two.join(log, group));
          await settled(one, two);
          expect(planted.met).toBe(1);
          expect(two.losses).toEqual([]);
        });

      it(`is not lost by ${how} at heartbeat`, async () => {
        const group = corner.name('group');
        const one = await new Member().join(corner.connect(), group);
        const proxy = await corner.proxy();
        // What is lost is known to be lost well before the session has run out.
        const two = await new Member().join(corner.connect({ reroute: proxy.reroute, requestTimeoutMs: 400 }), group);
        await settled(one, two);
        const losses = one.losses.length;
        const planted = proxy.plant({ mishap, apiKey: apiKeys.heartbeat, times: 2 });
        await waitUntil('two were lost', () => planted.met === 2);
        expect(await atLast('it is confirmed', () => two.confirmed())).toEqual([...two.running].toSorted());
        expect([one.losses.length, two.losses.length]).toEqual([losses, 0]);
      });
    }

    it('is neither confirmed nor lost while the coordinator can not be reached, and goes on when it can', async () => {
      const group = corner.name('group');
      const proxy = await corner.proxy();
      const log = corner.connect({ reroute: proxy.reroute, requestTimeoutMs: 1_000 });
      const one = await new Member().join(log, group);
      await settled(one);
      proxy.refuse(true);
      await expect(one.confirmed()).rejects.toThrow(/no answer/);
      const other = await new Member().join(corner.connect(), group);
      await waitUntil('another has them all', () => other.running.size === tasks.length);
      await expect(one.confirmed()).rejects.toThrow(/no answer/);
      // Nobody has told it.
      expect([...one.running].toSorted()).toEqual(all);
      expect(one.losses).toEqual([]);
      proxy.refuse(false);
      await settled(one, other);
      expect(await one.confirmed()).toEqual([...one.running].toSorted());
    });
  });

  describe('beside other work', { concurrent: true }, () => {
    it('is kept by heartbeats while losing is slow, and nobody waits longer than a session', async () => {
      const group = corner.name('group');
      const proxy = await corner.proxy();
      const one = await new Member().join(corner.connect({ reroute: proxy.reroute }), group);
      await settled(one);
      const membersNow = async (): Promise<readonly string[]> =>
        (await corner.admin.describeGroups([group])).groups[0]?.members.map(({ memberId }) => memberId) ?? [];
      const [first = ''] = await membersNow();
      let lostAt = Infinity;
      one.lose = () => {
        lostAt = performance.now();
        return new Promise(() => {});
      };
      const two = await new Member().join(corner.connect(), group);
      await waitUntil('one is to lose some', () => lostAt < Infinity);
      const beats = proxy.plant({ mishap: { kind: 'delay-answer', byMs: 0 }, apiKey: apiKeys.heartbeat, times: Infinity });
      await waitUntil('two has its share', () => two.running.size === 3);
      const waitedMs = performance.now() - lostAt;
      // As long as was granted, and the two joins after it; another session would have passed had one been missed.
      expect(waitedMs).toBeGreaterThanOrEqual(0.9 * corner.sessionTimeoutMs);
      expect(waitedMs).toBeLessThan(1.9 * corner.sessionTimeoutMs);
      expect(beats.met).toBeGreaterThanOrEqual(5);
      expect(await membersNow()).toContain(first);
      expect(await one.confirmed()).toHaveLength(3);
    });

    it('holds up nothing else of the process while its join waits for the others', async () => {
      const [group, topic, id] = [corner.name('group'), await corner.topic('parcels'), corner.name('task')];
      const proxy = await corner.proxy();
      await settled(await new Member().join(corner.connect({ reroute: proxy.reroute }), group));
      const log = corner.connect();
      const writer = await log.write(id, onwards);
      await log.append(records(topic, ['a']));
      // The other one is frozen: who joins now waits until its session has run out.
      proxy.pause();
      let isJoined = false;
      const two = new Member();
      const joined = two.join(log, group).then(() => (isJoined = true));
      await waitUntil(
        'the group waits',
        async () => (await corner.admin.describeGroups([group])).groups[0]?.state === 'PreparingRebalance',
      );
      expect((await writer.commit(records(topic, ['b']))).outcome).toBe('committed');
      await log.append(records(topic, ['c']));
      await endsOf(log, topic);
      expect(isJoined).toBe(false);
      await joined;
      await settled(two);
      proxy.resume();
    });
  });
});
