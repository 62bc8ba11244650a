import { describe, expect, it } from 'vitest';
import type { FaultHook, Log, Membership, TaskId } from '../../src/engine/log.ts';
import { taskName } from '../../src/engine/log.ts';
import type { Harness, MakeHarness } from './harness.ts';
import { once, saidBy, until } from './harness.ts';
import { withHarness } from './with-harness.ts';

const group = 'amends';
const tasks: readonly TaskId[] = ['delivery', 'care'].flatMap((stage) => [0, 1, 2, 3, 4, 5].map((partition) => ({ stage, partition })));
const all = tasks.map(taskName).toSorted();

/** A process that keeps account of what it was given and what it lost. */
class Process {
  readonly log: Log;
  readonly running = new Set<string>();
  readonly losses: string[] = [];
  /** What losing takes: by default nothing. */
  lose: () => Promise<void> = () => Promise.resolve();
  membership: Membership | undefined;

  constructor(log: Log) {
    this.log = log;
  }

  static async start(harness: Harness, name: string, faults?: FaultHook): Promise<Process> {
    const process = new Process(await harness.connect(name, faults));
    await process.join();
    return process;
  }

  async join(): Promise<void> {
    this.membership = await this.log.join(group, tasks, {
      assigned: (fresh) => {
        for (const task of fresh) {
          expect(this.running).not.toContain(taskName(task));
          this.running.add(taskName(task));
        }
      },
      losing: async (moved) => {
        await this.lose();
        for (const task of moved) {
          expect(this.running).toContain(taskName(task));
          this.running.delete(taskName(task));
          this.losses.push(taskName(task));
        }
      },
    });
  }

  /** What the coordinator says is ours. */
  async confirmed(): Promise<readonly string[]> {
    const ours = await this.membership?.confirm();
    return (ours ?? []).map(taskName).toSorted();
  }
}

const runningIn = (...processes: readonly Process[]): readonly string[] => processes.flatMap(({ running }) => [...running]).toSorted();

const share = (processes: readonly Process[]): readonly number[] => processes.map(({ running }) => running.size);

/** Until every task runs, once, and each process has `counts` of them. */
const settled = (harness: Harness, processes: readonly Process[], counts: readonly number[]): Promise<void> =>
  until(harness, () => share(processes).join() === counts.join() && runningIn(...processes).join() === all.join());

/** A hook that loses everything at these points while `isCut()`. */
const cutWhile = (isCut: () => boolean): FaultHook => {
  return (point) => Promise.resolve(isCut() && (point === 'heartbeat' || point === 'join') ? 'lose-request' : 'none');
};

export const membershipConformance = (makeHarness: MakeHarness): void => {
  const given = withHarness(makeHarness);

  describe('membership', () => {
    it(
      'gives all tasks to the only process',
      given(async (harness) => {
        const one = await Process.start(harness, 'one');
        await settled(harness, [one], [12]);
        expect(await one.confirmed()).toEqual(all);
      }),
    );

    it(
      'shares tasks evenly, also those of each stage, and moves no more than that takes',
      given(async (harness) => {
        const one = await Process.start(harness, 'one');
        await settled(harness, [one], [12]);
        const two = await Process.start(harness, 'two');
        await settled(harness, [one, two], [6, 6]);
        for (const { running } of [one, two]) expect([...running].filter((name) => name.startsWith('care/'))).toHaveLength(3);
        const three = await Process.start(harness, 'three');
        await settled(harness, [one, two, three], [4, 4, 4]);
        expect(one.losses).toHaveLength(8);
        expect(two.losses).toHaveLength(2);
        expect(three.losses).toEqual([]);
      }),
    );

    it(
      'gives what a process leaves to the others at once',
      given(async (harness) => {
        const [one, two] = [await Process.start(harness, 'one'), await Process.start(harness, 'two')];
        await settled(harness, [one, two], [6, 6]);
        const from = harness.now();
        await two.membership?.leave();
        await until(harness, () => one.running.size === 12);
        expect(harness.now() - from).toBeLessThan(harness.sessionTimeoutMs / 2);
        expect(one.losses).toHaveLength(6);
      }),
    );

    it(
      'ends with the log',
      given(async (harness) => {
        const [one, two] = [await Process.start(harness, 'one'), await Process.start(harness, 'two')];
        await settled(harness, [one, two], [6, 6]);
        const from = harness.now();
        await two.log.close();
        await until(harness, () => one.running.size === 12);
        expect(harness.now() - from).toBeLessThan(harness.sessionTimeoutMs / 2);
        await harness.pass(3 * harness.sessionTimeoutMs);
        expect(one.running.size).toBe(12);
      }),
    );

    it(
      'gives what a dead process had to the others once its session has run out',
      given(async (harness) => {
        let isDead = false;
        const [one, two] = [
          await Process.start(harness, 'one'),
          await Process.start(harness, 'two', (point) => Promise.resolve(isDead && point === 'heartbeat' ? 'crash' : 'none')),
        ];
        await settled(harness, [one, two], [6, 6]);
        await harness.pass(harness.sessionTimeoutMs);
        isDead = true;
        await harness.pass(harness.sessionTimeoutMs / 2);
        expect(one.running.size).toBe(6);
        await until(harness, () => one.running.size === 12, 2 * harness.sessionTimeoutMs);
        expect(two.losses).toEqual([]);
      }),
    );

    it(
      'keeps running while time passes and nothing happens',
      given(async (harness) => {
        const [one, two] = [await Process.start(harness, 'one'), await Process.start(harness, 'two')];
        await settled(harness, [one, two], [6, 6]);
        const losses = one.losses.length;
        await harness.pass(5 * harness.sessionTimeoutMs);
        expect(share([one, two])).toEqual([6, 6]);
        expect([one.losses.length, two.losses.length]).toEqual([losses, 0]);
      }),
    );

    it(
      'never has a task run twice while it moves, and waits for who loses it',
      given(async (harness) => {
        const one = await Process.start(harness, 'one');
        await settled(harness, [one], [12]);
        let finish = (): void => {};
        one.lose = () => new Promise((resolve) => (finish = resolve));
        const two = await Process.start(harness, 'two');
        await harness.pass(harness.sessionTimeoutMs / 2);
        expect(share([one, two])).toEqual([12, 0]);
        expect(await one.confirmed()).toEqual(all);
        finish();
        await settled(harness, [one, two], [6, 6]);
      }),
    );

    it(
      'does not wait for ever for who loses slowly, and that one stays a member',
      given(async (harness) => {
        const one = await Process.start(harness, 'one');
        await settled(harness, [one], [12]);
        one.lose = () => new Promise(() => {});
        const two = await Process.start(harness, 'two');
        const from = harness.now();
        await until(harness, () => two.running.size === 6, 3 * harness.sessionTimeoutMs);
        expect(harness.now() - from).toBeGreaterThanOrEqual(harness.sessionTimeoutMs / 2);
        expect(await one.confirmed()).toHaveLength(6);
      }),
    );

    it(
      'gives back what a process never finished losing, once nobody else is there',
      given(async (harness) => {
        const log = await harness.connect('one');
        const assigned: string[] = [];
        await log.join(group, tasks, {
          assigned: (fresh) => assigned.push(...fresh.map(taskName)),
          losing: () => new Promise(() => {}),
        });
        const two = await Process.start(harness, 'two');
        await until(harness, () => two.running.size === 6, 3 * harness.sessionTimeoutMs);
        const moved = [...two.running];
        await two.membership?.leave();
        await until(harness, () => assigned.length === 18);
        expect(assigned.slice(12).toSorted()).toEqual(moved.toSorted());
      }),
    );

    it(
      'goes on as it was where a process comes back before its session has run out',
      given(async (harness) => {
        let isCut = false;
        const one = await Process.start(
          harness,
          'one',
          cutWhile(() => isCut),
        );
        const two = await Process.start(harness, 'two');
        await settled(harness, [one, two], [6, 6]);
        const ours = [...one.running];
        const losses = one.losses.length;
        isCut = true;
        await harness.pass(harness.sessionTimeoutMs / 2);
        isCut = false;
        await harness.pass(2 * harness.sessionTimeoutMs);
        expect([...one.running]).toEqual(ours);
        expect(one.losses).toHaveLength(losses);
      }),
    );

    it(
      'is taken up again by itself after a session has run out',
      given(async (harness) => {
        let isCut = false;
        const [one, two] = [
          await Process.start(
            harness,
            'one',
            cutWhile(() => isCut),
          ),
          await Process.start(harness, 'two'),
        ];
        await settled(harness, [one, two], [6, 6]);
        isCut = true;
        await until(harness, () => two.running.size === 12, 3 * harness.sessionTimeoutMs);
        // It can't know: nobody told it.
        expect(one.running.size).toBe(6);
        isCut = false;
        await settled(harness, [one, two], [6, 6]);
      }),
    );

    it(
      'of the only process goes on after its session has run out',
      given(async (harness) => {
        let isCut = false;
        const one = await Process.start(
          harness,
          'one',
          cutWhile(() => isCut),
        );
        await settled(harness, [one], [12]);
        isCut = true;
        await harness.pass(3 * harness.sessionTimeoutMs);
        isCut = false;
        await settled(harness, [one], [12]);
        expect(await one.confirmed()).toEqual(all);
      }),
    );
  });

  describe('confirm', () => {
    for (const fault of ['refuse', 'lose-request', 'lose-answer'] as const)
      it(
        `rejects by ${fault}, and loses nothing`,
        given(async (harness) => {
          let isArmed = false;
          const one = await Process.start(harness, 'one', (point) => Promise.resolve(isArmed && point === 'heartbeat' ? fault : 'none'));
          await settled(harness, [one], [12]);
          isArmed = true;
          await expect(one.confirmed()).rejects.toThrow(saidBy[fault]);
          isArmed = false;
          expect(await one.confirmed()).toEqual(all);
          expect(one.losses).toEqual([]);
        }),
      );

    it(
      'says which tasks another has got meanwhile',
      given(async (harness) => {
        let isCut = false;
        const [one, two] = [
          await Process.start(
            harness,
            'one',
            cutWhile(() => isCut),
          ),
          await Process.start(harness, 'two'),
        ];
        await settled(harness, [one, two], [6, 6]);
        isCut = true;
        await until(harness, () => two.running.size === 12, 3 * harness.sessionTimeoutMs);
        isCut = false;
        const ours = await one.confirmed();
        const theirs = await two.confirmed();
        expect(ours.filter((name) => theirs.includes(name))).toEqual([]);
      }),
    );
  });

  describe('joining', () => {
    for (const fault of ['refuse', 'lose-request', 'lose-answer'] as const)
      it(
        `rejects by ${fault}, and can be done again`,
        given(async (harness) => {
          const log = await harness.connect('one', once('join', fault));
          const one = new Process(log);
          await expect(one.join()).rejects.toThrow(saidBy[fault]);
          expect(one.running.size).toBe(0);
          await one.join();
          // Where the answer was lost, a member nobody knows of holds tasks until its session has run out.
          await settled(harness, [one], [12]);
        }),
      );
  });

  describe('offsets for lag tools', () => {
    it(
      'are taken from members only',
      given(async (harness) => {
        await harness.topic('parcels');
        const one = await Process.start(harness, 'one');
        await one.membership?.commitOffsets([{ topic: 'parcels', partition: 0, offset: 5 }]);
        const { membership } = one;
        await membership?.leave();
        await expect(membership?.commitOffsets([{ topic: 'parcels', partition: 0, offset: 6 }])).rejects.toThrow(/no member/);
      }),
    );
  });
};
