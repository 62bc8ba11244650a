import { describe, expect, it } from 'vitest';
import { orderAdjustments } from '../../src/topics/order-adjustments.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, dayMs, hourMs, minuteMs } from '../../src/values/time.ts';
import { remedies } from '../../src/topics/remedies.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { decemberFleet, fairly, history, on, tellDecember } from './support/december.ts';
import { given, ordered } from './support/ordered.ts';
import { shipped, stagesOf } from './support/policies.ts';
import { remembered } from './support/remembered.ts';
import type { Told } from './support/telling.ts';
import { armed, iso, promised, scanned, tellAll, told } from './support/telling.ts';

const stages = stagesOf(shipped);
const windowMs = shipped.claimWindowMs;

/** Tells what happens until an instant, in `records` time, and lets it come. */
const tellUntil = async (fleet: Fleet, until: Instant, more: readonly Told[] = []): Promise<void> => {
  await tellAll(fleet, more);
  await fleet.ticks(until);
  await fleet.settle();
};

describe('a December long ago', () => {
  it('is remembered for the claim window, then nothing of it is kept, and told once more it costs nothing', async () => {
    const fleet = decemberFleet();
    await fleet.startProcess('a');
    await tellDecember(fleet);
    await tellUntil(fleet, after(on('2026-12-11'), windowMs));
    expect(remembered(fleet, stages())).toEqual(
      expect.arrayContaining(['delivery shipments dhl:late:s1', 'delivery shipments dhl:never:s1']),
    );
    expect(remembered(fleet, stages())).not.toContain('streaming sessions evening-smooth');

    // The last to go is what never came: given up on 7 January, remembered for two claim windows.
    const longAfter = on('2027-10-01');
    await tellUntil(fleet, longAfter);
    expect(remembered(fleet, stages())).toEqual([]);
    expect(given(fleet)).toEqual(fairly);

    const everything = ordered(fleet);
    await tellUntil(
      fleet,
      after(longAfter, 2 * windowMs),
      history.map((one) => ({ at: longAfter, tell: (onto) => one.tell(onto, longAfter) })),
    );
    expect(ordered(fleet)).toEqual(everything);
    expect(new Set(fleet.told('RecordTooOld').map(({ topic }) => topic))).toEqual(new Set(['delivery.promises', 'streaming.playback']));
    expect(remembered(fleet, stages())).toEqual([]);
  });

  it('is remembered no better and no worse by a process that takes over', async () => {
    const fleet = decemberFleet();
    await fleet.startProcess('a');
    await tellDecember(fleet, async () => {
      const [process] = fleet.processes;
      await process?.engine.stop();
      fleet.processes.length = 0;
      await fleet.startProcess('next');
    });
    await tellUntil(fleet, on('2027-10-01'));
    expect(remembered(fleet, stages())).toEqual([]);
    expect(given(fleet)).toEqual(fairly);
  });
});

describe('month after month of parcels', () => {
  it('what is kept grows with what is open and the claim window, not with the years', async () => {
    const begin = on('2026-01-01');
    const fleet = new Fleet({ stages, partitions: 2, time: 'records', start: begin });
    await fleet.startProcess('a');
    await armed(shipped, begin).tell(fleet);
    const sizes: number[] = [];
    for (let month = 0; month < 30; month += 1) {
      const at = after(begin, month * 30 * dayMs);
      const until = iso(after(at, 5 * dayMs)).slice(0, 10);
      const parcels = Array.from({ length: 10 }, (_, n) => `p${month}-${n}`);
      await tellUntil(fleet, after(at, 29 * dayMs), [
        ...parcels.map((name) => promised(name, at, until)),
        ...parcels.map((name) => scanned(name, after(at, dayMs), 'in-transit')),
        // Of ten parcels one comes late and one never.
        ...parcels.slice(2).map((name) => scanned(name, after(at, 4 * dayMs), 'delivered')),
        ...parcels.slice(0, 1).map((name) => scanned(name, after(at, 9 * dayMs), 'delivered')),
      ]);
      sizes.push(remembered(fleet, stages()).length);
    }
    expect(sizes.slice(18)).toEqual(Array.from({ length: 12 }, () => sizes[18]));
    expect(sizes[18]).toBeLessThan(200);
  });
});

describe('a new application reads the whole log again', () => {
  const parcels: readonly Told[] = [
    armed(shipped, on('2026-12-01')),
    ...['late', 'later'].map((name) => promised(name, on('2026-12-01'), '2026-12-10')),
    ...['late', 'later'].map((name) => scanned(name, on('2026-12-03'), 'in-transit')),
  ];

  /** The log gets the history as it happens; the process starts on the evening of 12 December and runs for two days. */
  const startedOnThe12th = async (more: readonly Told[]): Promise<Fleet> => {
    const fleet = new Fleet({ stages, partitions: 2, time: 'live', start: on('2026-12-01') });
    for (const one of [...parcels, ...more].toSorted((a, b) => a.at - b.at)) {
      await fleet.clock.advance(one.at);
      await one.tell(fleet);
    }
    await fleet.clock.advance(on('2026-12-12', '18:00:00'));
    await fleet.startProcess('from scratch');
    await fleet.pass(2 * dayMs, hourMs);
    return fleet;
  };

  it('and pays nobody again for whom the executor has reported the money', async () => {
    const first = await startedOnThe12th([]);
    expect(given(first)).toEqual(['late gets: refund 600', 'later gets: refund 600']);
    const reported = first.values(remedies.refund).filter(({ customer }) => customer === 'late');
    const again = await startedOnThe12th(
      reported.map((command, index) => {
        if (command.kind !== 'refund') throw new Error('no refund');
        const at = after(on('2026-12-12', '17:00:00'), index * minuteMs);
        const { customer, order, id, components } = command;
        return told(
          orderAdjustments,
          orderAdjustments.schema.parse({
            adjustment: `carried-out-${index}`,
            customer,
            order,
            kind: 'refund',
            by: 'amends',
            command: id,
            components,
            madeAt: iso(at),
          }),
          at,
        );
      }),
    );
    expect(given(again)).toEqual(['later gets: refund 600']);
    // Whose money was not reported gets the same command, by the id of which the executor knows it.
    expect(ordered(first)).toEqual(expect.arrayContaining(ordered(again).filter((line) => line.includes(' refund '))));
  });
});
