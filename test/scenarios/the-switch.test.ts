import { describe, expect, it } from 'vitest';
import type { Log } from '../../src/engine/log.ts';
import { instant, minuteMs } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { given } from './support/ordered.ts';
import { withoutPermit } from './support/planted.ts';
import { quick, stagesOf } from './support/policies.ts';
import { armed, promised, stopped } from './support/telling.ts';

const start = instant(Date.parse('2026-12-01T10:00:00Z'));

/** Somebody stops all money in the moment in which the refund of a late parcel goes onto the log. */
const stoppedInThatMoment = async (wrap?: (log: Log) => Log): Promise<Fleet> => {
  const fleet = new Fleet({ stages: stagesOf(quick), partitions: 1, time: 'live', start });
  let isNear = false;
  await fleet.startProcess('one', {
    faults: async (point, owner) => {
      if (isNear && point === 'addPartitions' && owner.includes('care')) {
        isNear = false;
        await stopped(fleet.clock.now()).tell(fleet);
      }
      return 'none';
    },
    ...(wrap && { wrap }),
  });
  await armed(quick, start).tell(fleet);
  await promised('ann', start, '2026-12-01T10:01:00').tell(fleet);
  await fleet.pass(minuteMs + 30_000, 5_000);
  isNear = true;
  await fleet.pass(5 * minuteMs, 5_000);
  expect(isNear).toBe(false);
  return fleet;
};

describe('the switch, thrown just before the commit of a refund', () => {
  it('stops that very refund, and it is given once money may move again', async () => {
    const fleet = await stoppedInThatMoment();
    expect(given(fleet)).toEqual([]);
    expect(fleet.told('PermitRefused').length).toBeGreaterThan(0);
    await armed(quick, fleet.clock.now(), 3).tell(fleet);
    await fleet.pass(minuteMs, 5_000);
    expect(given(fleet)).toEqual(['ann gets: refund 600']);
  });

  it('planted: where nobody asks for the permit the refund goes out', async () => {
    expect(given(await stoppedInThatMoment(withoutPermit))).toEqual(['ann gets: refund 600']);
  });
});
