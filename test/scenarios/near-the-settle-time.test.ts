import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import { after, hourMs, instant, minuteMs } from '../../src/values/time.ts';
import type { Instant } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { december, on } from './support/december.ts';
import { decided, given, ordered } from './support/ordered.ts';
import { quick, quickTimes, shipped, stagesOf } from './support/policies.ts';
import { armed, promised, scanned, tellAll } from './support/telling.ts';

/** In the time of records a parcel with this promise arrives at this instant; `end` is when the story is over. */
const arrives = async (policy: Policy, until: string, at: Instant, end: Instant, partitions = 1): Promise<Fleet> => {
  const fleet = new Fleet({ stages: stagesOf(policy), partitions, time: 'records', start: december });
  await fleet.startProcess('one');
  await tellAll(fleet, [armed(policy, december), promised('ann', december, until), scanned('ann', at, 'delivered')]);
  await fleet.ticks(end);
  await fleet.settle();
  return fleet;
};

describe('a parcel that arrives when its issue settles', () => {
  // Promised until 10:01 UTC, found late 10 s after that, settled and due a minute later.
  const start = on('2026-12-01', '10:01:00');
  const settledAt = after(start, quickTimes.foundAfterMs + quickTimes.settleMs);
  const cases: readonly (readonly [string, number, readonly string[]])[] = [
    ['a millisecond before: nothing is paid', -1, []],
    ['at that very instant: nothing is paid', 0, []],
    ['a millisecond after: the shipping was already given back', 1, ['ann gets: refund 600']],
  ];
  for (const [name, offsetMs, expected] of cases)
    for (const partitions of [1, 3])
      it(`${name} (${partitions} partition${partitions > 1 ? 's' : ''})`, async () => {
        const fleet = await arrives(quick, '2026-12-01T10:01:00', after(settledAt, offsetMs), after(settledAt, hourMs), partitions);
        expect(given(fleet)).toEqual(expected);
        expect(decided(fleet).at(-1)).toMatch(expected.length > 0 ? /ordered$/ : /nothing$/);
      });
});

describe('a parcel that arrives when the grace of its promise ends', () => {
  // By the shipped policy: no money for lateness before twelve hours after the promised end.
  const promisedUntil = on('2026-12-11', '00:00:00');
  const graceEnds = after(promisedUntil, 12 * hourMs);
  const cases: readonly (readonly [string, number, readonly string[]])[] = [
    ['a millisecond before: nothing is paid', -1, []],
    ['at that very instant: nothing is paid', 0, []],
    ['a millisecond after: the shipping was already given back', 1, ['ann gets: refund 600']],
  ];
  for (const [name, offsetMs, expected] of cases)
    it(`comes ${name}`, async () => {
      expect(given(await arrives(shipped, '2026-12-10', after(graceEnds, offsetMs), after(graceEnds, hourMs)))).toEqual(expected);
    });

  it('before its issue has settled, two hours after the promised end: not even a word', async () => {
    expect(ordered(await arrives(shipped, '2026-12-10', after(promisedUntil, 2 * hourMs), after(graceEnds, hourMs)))).toEqual([]);
  });
});

describe('in live time, a parcel that arrives when its issue settles', () => {
  const run = async (offsetMs: number): Promise<readonly string[]> => {
    const start = on('2026-12-01', '10:00:00');
    const fleet = new Fleet({ stages: stagesOf(quick), partitions: 1, time: 'live', start });
    await fleet.startProcess('one');
    await armed(quick, start).tell(fleet);
    await promised('ann', start, '2026-12-01T10:01:00').tell(fleet);
    await fleet.pass(2 * minuteMs, 1_000);
    const [opened] = fleet.broker.records('amends.issues');
    const settledAt = after(opened?.timestamp ?? instant(0), quickTimes.settleMs);
    await fleet.pass(settledAt + offsetMs - fleet.clock.now(), 500);
    await scanned('ann', fleet.clock.now(), 'delivered').tell(fleet);
    await fleet.pass(2 * minuteMs, 1_000);
    return given(fleet);
  };

  it('just before: nothing is paid', async () => expect(await run(-1)).toEqual([]));
  it('at that very instant: nothing is paid', async () => expect(await run(0)).toEqual([]));
  it('once it is proven that it had not: the shipping was already given back', async () =>
    expect(await run(3_000)).toEqual(['ann gets: refund 600']));
});
