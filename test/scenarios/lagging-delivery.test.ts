import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/engine/stage.ts';
import { issues } from '../../src/topics/issues.ts';
import { after, instant, minuteMs } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { given } from './support/ordered.ts';
import { careWithoutProgress } from './support/planted.ts';
import { quick, quickTimes, stagesOf } from './support/policies.ts';
import { armed, promised, scanned } from './support/telling.ts';

const start = instant(Date.parse('2026-12-01T10:00:00Z'));
const promisedUntil = after(start, minuteMs);

/** A parcel is found late; then it arrives, and the stage that would say so stands still while care goes on. */
const carriesOnAlone = async (stages: () => readonly Stage[]): Promise<Fleet> => {
  const fleet = new Fleet({ stages, partitions: 1, time: 'live', start });
  const all = await fleet.startProcess('all');
  await armed(quick, start).tell(fleet);
  await promised('ann', start, '2026-12-01T10:01:00').tell(fleet);
  await fleet.pass(promisedUntil - start + quickTimes.foundAfterMs + 5_000, 1_000);
  expect(fleet.values(issues).map(({ state }) => state)).toEqual(['open']);
  await all.engine.stop();
  fleet.processes.length = 0;
  await scanned('ann', fleet.clock.now(), 'delivered').tell(fleet);
  await fleet.startProcess('care alone', { stages: stages().filter(({ name }) => name === 'care') });
  await fleet.pass(10 * minuteMs, 5_000);
  return fleet;
};

describe('delivery lags behind while care is caught up', () => {
  it('nobody is paid for a parcel whose arrival waits unread', async () => {
    const fleet = await carriesOnAlone(stagesOf(quick));
    expect(given(fleet)).toEqual([]);
    // Delivery comes back, reads the arrival, and still nobody is paid.
    await fleet.startProcess('all again');
    await fleet.pass(5 * minuteMs, 5_000);
    expect(fleet.values(issues).map(({ state }) => state)).toEqual(['open', 'closed']);
    expect(given(fleet)).toEqual([]);
  });

  it('whose parcel stays away is paid once delivery is back', async () => {
    const fleet = await carriesOnAlone(stagesOf(quick));
    await promised('bob', fleet.clock.now(), new Date(after(fleet.clock.now(), minuteMs)).toISOString().slice(0, 19)).tell(fleet);
    await fleet.startProcess('all again');
    await fleet.pass(5 * minuteMs, 5_000);
    expect(given(fleet)).toEqual(['bob gets: refund 600']);
  });

  it('planted: care that does not wait for the progress of delivery pays', async () => {
    expect(given(await carriesOnAlone(() => careWithoutProgress(stagesOf(quick)())))).toEqual(['ann gets: refund 600']);
  });
});
