import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/engine/stage.ts';
import { after, dayMs, hourMs, minuteMs } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { december, on } from './support/december.ts';
import { decided, given, ordered } from './support/ordered.ts';
import { settleFromTaskClock } from './support/planted.ts';
import { shipped, stagesOf } from './support/policies.ts';
import type { Told } from './support/telling.ts';
import { armed, promised, scanned } from './support/telling.ts';

/** Lets the world go on while no process runs: the log stamps each record when it comes. */
const meanwhile = async (fleet: Fleet, history: readonly Told[]): Promise<void> => {
  for (const one of history.toSorted((a, b) => a.at - b.at)) {
    await fleet.clock.advance(one.at);
    await one.tell(fleet);
  }
};

const customers = ['arrived', 'moving', 'late', 'long-late', 'arrives-now'] as const;

/** The processes ran for a minute on 1 December and again from the 9th on; the log went on all the time. */
const restartAfterAWeek = async (stages: () => readonly Stage[]): Promise<Fleet> => {
  const fleet = new Fleet({ stages, partitions: 2, time: 'live', start: december });
  const before = await fleet.startProcess('before');
  await armed(shipped, december).tell(fleet);
  const until: Readonly<Record<(typeof customers)[number], string>> = {
    arrived: '2026-12-05',
    moving: '2026-12-20',
    late: '2026-12-06',
    'long-late': '2026-12-01T18:00',
    'arrives-now': '2026-12-06',
  };
  for (const name of customers) {
    await promised(name, december, until[name]).tell(fleet);
    await scanned(name, december, 'in-transit').tell(fleet);
  }
  await fleet.pass(minuteMs, 10_000);
  await before.engine.stop();
  fleet.processes.length = 0;

  await meanwhile(fleet, [
    scanned('arrived', on('2026-12-04'), 'out-for-delivery'),
    scanned('arrived', on('2026-12-04', '15:00:00'), 'delivered'),
    ...[2, 3, 5, 7].map((day) => scanned('moving', on(`2026-12-0${day}`), 'in-transit', { code: `hub-${day}` })),
  ]);
  await fleet.clock.advance(on('2026-12-09'));
  await fleet.startProcess('after');
  await fleet.pass(hourMs, 10 * minuteMs);
  // Within the two hours that the policy lets an issue settle.
  await scanned('arrives-now', fleet.clock.now(), 'delivered').tell(fleet);
  await fleet.pass(2 * hourMs, 10 * minuteMs);
  return fleet;
};

describe('after a week in which nobody ran', () => {
  it('whose parcel is in the log gets nothing, whose parcel is truly late gets a remedy, and what is old news goes to a person', async () => {
    const fleet = await restartAfterAWeek(stagesOf(shipped));
    expect(given(fleet)).toEqual(['late gets: refund 600']);
    const all = ordered(fleet);
    expect(new Set(all.map((line) => line.split(' ')[0]))).toEqual(new Set(['late']));
    expect(decided(fleet).filter((line) => line.startsWith('long-late'))).toEqual(['long-late historic']);
    expect(decided(fleet).filter((line) => /^(arrived|moving)/.test(line))).toEqual([]);
    await fleet.pass(dayMs, 6 * hourMs);
    expect(ordered(fleet)).toEqual(all);
  });

  it('planted: delays counted from the clock of the task, a week old, pay whose parcel arrives, and for old news', async () => {
    const fleet = await restartAfterAWeek(() => settleFromTaskClock(stagesOf(shipped)()));
    expect(given(fleet)).toEqual(expect.arrayContaining(['arrives-now gets: refund 600', 'long-late gets: refund 600']));
  });
});

describe('a first start on months of history', () => {
  it('orders nothing by itself: what went wrong then is old news', async () => {
    const autumn = on('2026-09-01');
    const fleet = new Fleet({ stages: stagesOf(shipped), partitions: 2, time: 'live', start: autumn });
    const weeks = Array.from({ length: 10 }, (_, week) => after(autumn, week * 7 * dayMs));
    await meanwhile(fleet, [
      armed(shipped, autumn),
      ...weeks.flatMap((at, week): readonly Told[] => {
        const until = new Date(at + 3 * dayMs).toISOString().slice(0, 10);
        return [
          promised(`fine-${week}`, at, until),
          scanned(`fine-${week}`, after(at, 2 * dayMs), 'delivered'),
          promised(`came-late-${week}`, at, until),
          scanned(`came-late-${week}`, after(at, 9 * dayMs), 'delivered'),
          promised(`lost-${week}`, at, until),
          scanned(`lost-${week}`, after(at, dayMs), 'exception', { reason: 'lost' }),
        ];
      }),
    ]);
    await fleet.clock.advance(on('2026-12-01'));
    await fleet.startProcess('first ever');
    await fleet.pass(dayMs, 2 * hourMs);
    expect(ordered(fleet)).toEqual([]);
    expect(decided(fleet).filter((line) => !line.endsWith(' historic'))).toEqual([]);
    expect(new Set(decided(fleet))).toEqual(new Set(weeks.map((_, week) => `lost-${week} historic`)));
  });
});
