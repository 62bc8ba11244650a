import { beforeAll, describe, expect, it } from 'vitest';
import type { FaultPoint } from '../../src/engine/log.ts';
import { after, instant } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { decemberFleet, fairly, tellDecember } from './support/december.ts';
import type { Kind } from '../engine/support/fault-points.ts';
import { kinds, points } from '../engine/support/fault-points.ts';
import type { Armable } from './support/faults.ts';
import { counting, once, recover, revive } from './support/faults.ts';
import { given, ordered } from './support/ordered.ts';
import { unknownTakenAsFailed } from './support/planted.ts';
import { quick, stagesOf } from './support/policies.ts';
import { armed, promised, scanned, tellAll } from './support/telling.ts';

/** Up to `most` numbers from 1 to `last`, evenly spread, both ends included. */
const spread = (last: number, most: number): readonly number[] => [
  ...new Set(Array.from({ length: most }, (_, index) => Math.max(1, Math.round(1 + (index * (last - 1)) / (most - 1))))),
];

const start = instant(Date.parse('2026-12-01T10:00:00Z'));
const promisedUntil = after(start, 60_000);

describe('a fault at any point of a transaction, in a December of nine customers', () => {
  let quiet: readonly string[] = [];
  const clean = counting();

  beforeAll(async () => {
    const fleet = decemberFleet();
    await fleet.startProcess('only', { faults: clean.hook });
    clean.arm();
    await tellDecember(fleet);
    quiet = ordered(fleet);
    expect(given(fleet)).toEqual(fairly);
  });

  const expectNoDifference = async (point: FaultPoint, kind: Kind, nth: number, owner: string): Promise<void> => {
    const fault = once(point, kind, nth, owner);
    const fleet = decemberFleet();
    await fleet.startProcess('only', { faults: fault.hook });
    fault.arm();
    await tellDecember(fleet, revive);
    await recover(fleet);
    expect(ordered(fleet), `${kind} at ${point} no. ${nth} of "${owner}"`).toEqual(quiet);
    expect(fault.hasHappened(), `${kind} at ${point} no. ${nth} of "${owner}"`).toBe(true);
  };

  for (const point of points)
    for (const kind of kinds)
      it(`${kind} at ${point}: everyone gets what is theirs, once`, async () => {
        // Of the tasks that move money more are tried; reads are the process's own.
        const isOwn = point === 'fetch' || point === 'ends';
        for (const nth of spread(clean.passes(point), isOwn ? 5 : 2)) await expectNoDifference(point, kind, nth, '');
        if (!isOwn) for (const nth of spread(clean.passes(point, 'care'), 4)) await expectNoDifference(point, kind, nth, 'care');
      });

  it('planted: an unknown outcome taken for a failure orders twice', async () => {
    let isCaught = false;
    for (let nth = clean.passes('end', 'care'); nth > 0 && !isCaught; nth -= 1) {
      const fleet = decemberFleet();
      const fault = once('end', 'lose-answer', nth, 'care');
      await fleet.startProcess('only', { faults: fault.hook, wrap: unknownTakenAsFailed });
      fault.arm();
      await tellDecember(fleet, revive);
      await recover(fleet);
      isCaught = ordered(fleet).length > quiet.length;
      if (isCaught) expect(new Set(ordered(fleet))).toEqual(new Set(quiet));
    }
    expect(isCaught).toBe(true);
  });
});

describe('a fault in a transaction made of timers alone', () => {
  /** A parcel is late; all that was told is read before the process with the faults takes over, so only time passes. */
  const liveThrough = async (faults: Armable): Promise<Fleet> => {
    const fleet = new Fleet({ stages: stagesOf(quick), partitions: 1, time: 'live', start });
    const first = await fleet.startProcess('first');
    await tellAll(fleet, [armed(quick, start), promised('late', start, '2026-12-01T10:01:00'), scanned('late', start, 'in-transit')]);
    await fleet.pass(promisedUntil - start, 20_000);
    await first.engine.stop();
    fleet.processes.length = 0;
    await fleet.startProcess('second', { faults: faults.hook });
    faults.arm();
    for (let step = 0; step < 10; step += 1) {
      await fleet.pass(12_000, 4_000);
      await revive(fleet);
    }
    await recover(fleet);
    return fleet;
  };
  let quiet: readonly string[] = [];
  const clean = counting();

  beforeAll(async () => {
    const fleet = await liveThrough(clean);
    quiet = ordered(fleet);
    expect(given(fleet)).toEqual(['late gets: refund 600']);
    const alone = fleet.told('TransactionCommitted').filter(({ records, woken }) => records === 0 && woken > 0);
    expect(new Set(alone.map(({ stage }) => stage))).toEqual(new Set(['delivery', 'care']));
  });

  for (const point of points)
    it(`at ${point}: the late parcel is paid for once, whatever goes wrong there`, async () => {
      const isOwn = point === 'fetch' || point === 'ends';
      for (const kind of kinds)
        for (const owner of isOwn ? [''] : ['delivery', 'care'])
          for (const nth of spread(clean.passes(point, owner), 3)) {
            const fault = once(point, kind, nth, owner);
            const fleet = await liveThrough(fault);
            expect(ordered(fleet), `${kind} at ${point} no. ${nth} of "${owner}"`).toEqual(quiet);
            expect(fault.hasHappened()).toBe(true);
          }
    });
});

describe('two processes that both believe they own a task', () => {
  it('order what one would, and none of it twice', async () => {
    const alone = decemberFleet();
    await alone.startProcess('only');
    await tellDecember(alone);

    let isSilenced = false;
    const fleet = decemberFleet();
    // Its heartbeats are lost, so the group gives its tasks away; it doesn't know, and goes on.
    await fleet.startProcess('zombie', {
      faults: async (point) => (isSilenced && (point === 'heartbeat' || point === 'join') ? 'lose-request' : 'none'),
    });
    let chapter = 0;
    await tellDecember(fleet, async () => {
      chapter += 1;
      if (chapter !== 3) return;
      isSilenced = true;
      await fleet.startProcess('heir');
      await fleet.pass(15_000, 1_000);
    });
    await fleet.pass(30_000, 5_000);
    expect(ordered(fleet)).toEqual(ordered(alone));
    expect(fleet.told('TransactionFailed').map(({ outcome }) => outcome)).toContain('fenced');
  });
});
