import { describe, expect, it } from 'vitest';
import type { FaultHook, FaultPoint, Log, Outcome } from '../../src/engine/log.ts';
import type { Stage } from '../../src/engine/stage.ts';
import type { Instant } from '../../src/values/time.ts';
import { altered } from './support/altered.ts';
import type { Kind } from './support/fault-points.ts';
import { kinds, points } from './support/fault-points.ts';
import { Fleet } from './support/fleet.ts';
import type { Ping } from './support/toy.ts';
import { alarms, oracle, pay, payments, pings, seconds, start, switches, watch } from './support/toy.ts';

const history: readonly Ping[] = ['ann.a', 'ann.b', 'bob.a', 'cy.a'].flatMap((device, index) =>
  [0, 10, 40 + index, 150, 155, 400 + index].map((at) => ({ device, at: seconds(at) })),
);
const end = seconds(1_000);
const expected = oracle(history, end);

/** Fails once, at the `nth` time that a point is passed by the owner. */
const once = (
  at: FaultPoint,
  kind: Kind,
  nth: number,
): { readonly hook: FaultHook; readonly arm: () => void; readonly fired: () => boolean } => {
  let seen = 0;
  let isArmed = false;
  return {
    hook: async (point) => (isArmed && point === at && ++seen === nth ? kind : 'none'),
    /** From now on: what happens to a start is another test's. */
    arm: () => {
      isArmed = true;
    },
    fired: () => seen >= nth,
  };
};

/** Feeds the history in small steps, so that batches of records, of timers alone and empty ones all occur. */
const feed = async (fleet: Fleet): Promise<void> => {
  await fleet.produce(switches, [[{ name: 'main', on: true }, start]]);
  const sorted = [...history].sort((a, b) => a.at - b.at);
  for (const at of new Set([...sorted.map((ping) => ping.at), end])) {
    await fleet.produce(
      pings,
      sorted.filter((ping) => ping.at === at).map(({ device }) => [{ device }, at as Instant]),
    );
    await fleet.ticks(at as Instant);
    await fleet.settle();
    await revive(fleet);
  }
  // What an interrupted transaction left open is aborted after its timeout; what waits to try again does.
  for (let round = 0; round < 4; round += 1) {
    await fleet.pass(15_000, 5_000);
    await revive(fleet);
  }
};

/** Whoever died gets a successor, once its session has expired. */
const revive = async (fleet: Fleet): Promise<void> => {
  if (fleet.processes.some(({ alive }) => alive)) return;
  await fleet.startProcess(`successor-${fleet.processes.length}`);
  await fleet.pass(20_000, 5_000);
};

const paid = (fleet: Fleet): readonly string[] =>
  fleet
    .values(payments)
    .map(({ id }) => id)
    .sort();

describe('a fault at any point of a transaction', () => {
  for (const point of points)
    for (const kind of kinds)
      it(`${kind} at ${point}: nothing missing, double or false`, async () => {
        let reached = 0;
        for (let nth = 1; nth <= 40; nth += nth < 12 ? 1 : 7) {
          const fault = once(point, kind, nth);
          const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 2, time: 'records', start });
          await fleet.startProcess('first', { faults: fault.hook });
          fault.arm();
          await feed(fleet);
          expect(paid(fleet), `${kind} at ${point} no. ${nth}`).toEqual(expected);
          if (!fault.fired()) break;
          reached = nth;
        }
        expect(reached).toBeGreaterThan(0);
      });
});

describe('two processes', () => {
  it('that both believe they own a task: the one that was fenced writes nothing', async () => {
    let silenced = false;
    const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 2, time: 'records', start });
    // Its heartbeats are lost, so the group gives its tasks away; it doesn't know, and goes on.
    await fleet.startProcess('zombie', {
      faults: async (point) => (silenced && (point === 'heartbeat' || point === 'join') ? 'lose-request' : 'none'),
    });
    await fleet.produce(switches, [[{ name: 'main', on: true }, start]]);
    await fleet.produce(pings, [
      [{ device: 'ann.a' }, seconds(0)],
      [{ device: 'bob.a' }, seconds(0)],
    ]);
    await fleet.ticks(seconds(10));
    await fleet.settle();
    silenced = true;
    await fleet.startProcess('heir');
    await fleet.pass(15_000, 1_000);
    await fleet.ticks(seconds(500));
    await fleet.settle();
    await fleet.pass(15_000, 1_000);
    expect(paid(fleet)).toEqual([`ann.a@${start}`, `bob.a@${start}`]);
    expect(fleet.told('TransactionFailed').some(({ outcome }) => outcome === 'fenced')).toBe(true);
  });

  it('share the tasks, and one takes over what the other leaves', async () => {
    const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 4, time: 'records', start });
    const first = await fleet.startProcess('first');
    await fleet.startProcess('second');
    await fleet.pass(10_000);
    expect(fleet.processes.map(({ engine }) => engine.tasks().length)).toEqual([4, 4]);
    await first.engine.stop();
    fleet.processes.splice(0, 1);
    await fleet.pass(10_000);
    expect(fleet.processes.map(({ engine }) => engine.tasks().filter(({ state }) => state === 'running').length)).toEqual([8]);
  });

  it('a coordinator that can not be reached leaves no task without an owner', async () => {
    let unreachable = false;
    let refuseEnd = false;
    const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 1, time: 'records', start });
    await fleet.startProcess('only', {
      faults: async (point) => {
        if (refuseEnd && point === 'end') {
          refuseEnd = false;
          return 'refuse';
        }
        return unreachable && point === 'heartbeat' ? 'refuse' : 'none';
      },
    });
    await fleet.produce(switches, [[{ name: 'main', on: true }, start]]);
    await fleet.produce(pings, [[{ device: 'ann.a' }, seconds(0)]]);
    unreachable = true;
    refuseEnd = true;
    await fleet.ticks(seconds(500));
    await fleet.pass(3_000);
    expect(paid(fleet)).toEqual([]);
    unreachable = false;
    await fleet.pass(30_000);
    expect(paid(fleet)).toEqual([`ann.a@${start}`]);
  });
});

describe('planted bugs are caught', () => {
  /** A writer that takes an unknown outcome for a failure, and writes the batch again. */
  const retriesUnknown = (log: Log): Log =>
    altered(log, {
      write: async (id, signal) => {
        const writer = await log.write(id, signal);
        return {
          close: () => writer.close(),
          commit: async (records, permit) => {
            let outcome: Outcome = await writer.commit(records, permit);
            if (outcome.outcome === 'unknown') outcome = await (await log.write(id, signal)).commit(records, permit);
            return outcome;
          },
        };
      },
    });

  it('an unknown outcome taken for a failure pays twice', async () => {
    let timesTwice = 0;
    for (let nth = 1; nth <= 100 && timesTwice === 0; nth += 1) {
      const fault = once('end', 'lose-answer', nth);
      const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 2, time: 'records', start });
      await fleet.startProcess('first', { faults: fault.hook, wrap: retriesUnknown });
      fault.arm();
      await feed(fleet);
      if (paid(fleet).length > expected.length) timesTwice += 1;
    }
    expect(timesTwice).toBe(1);
  });

  it('settle counted from the clock of the task in handle pays late or not at all', async () => {
    const fromTaskClock = (stage: Stage): Stage => ({
      ...stage,
      inputs: stage.inputs.map((each) => ({ ...each, handle: (value, at, task) => each.handle(value, { ...at, time: task.now }, task) })),
    });
    const run = async (stages: () => readonly Stage[]): Promise<number> => {
      const fleet = new Fleet({ stages, partitions: 1, time: 'live', start });
      await fleet.startProcess('one');
      await fleet.produce(switches, [[{ name: 'main', on: true }]]);
      for (let ping = 0; ping < 2; ping += 1) {
        await fleet.produce(pings, [[{ device: 'ann.a' }]]);
        await fleet.pass(3_000);
      }
      const [process] = fleet.processes;
      await process?.engine.stop();
      fleet.processes.length = 0;
      // While nobody runs, a device pings and goes on pinging: no silence is ever longer than a minute.
      for (let minute = 0; minute < 30; minute += 1) {
        await fleet.clock.advance(seconds(10 + minute * 50));
        await fleet.produce(pings, [[{ device: 'ann.a' }]]);
      }
      await fleet.startProcess('two');
      await fleet.settle();
      await fleet.pass(20_000);
      return fleet.values(alarms).length;
    };
    expect(await run(() => [watch(), pay()])).toBe(0);
    expect(await run(() => [fromTaskClock(watch()), pay()])).toBeGreaterThan(0);
  });
});
