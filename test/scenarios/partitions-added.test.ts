import { describe, expect, it } from 'vitest';
import { changelogOf } from '../../src/engine/topics.ts';
import { issues } from '../../src/topics/issues.ts';
import { orderAdjustments } from '../../src/topics/order-adjustments.ts';
import { streamingPurchases } from '../../src/topics/streaming-purchases.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { instant, minuteMs } from '../../src/values/time.ts';
import { Fleet } from '../engine/support/fleet.ts';
import { given } from './support/ordered.ts';
import { quick, stagesOf } from './support/policies.ts';
import { armed, promised, scanned } from './support/telling.ts';

const start = instant(Date.parse('2026-12-01T10:00:00Z'));
const customers = ['ann', 'bob', 'cy', 'di', 'eve', 'fay'];

/** Six parcels on their way, promised until 10:02. */
const onTheirWay = async (): Promise<Fleet> => {
  const fleet = new Fleet({ stages: stagesOf(quick), partitions: 2, time: 'live', start });
  await fleet.startProcess('one');
  await armed(quick, start).tell(fleet);
  for (const name of customers) {
    await promised(name, start, '2026-12-01T10:02:00').tell(fleet);
    await scanned(name, start, 'in-transit').tell(fleet);
  }
  await fleet.pass(20_000, 5_000);
  return fleet;
};

const stopAll = async (fleet: Fleet): Promise<void> => {
  for (const { engine } of fleet.processes) await engine.stop();
  fleet.processes.length = 0;
};

/** All arrive in time; their scans now go where the new number of partitions puts them. */
const allArrive = async (fleet: Fleet): Promise<void> => {
  for (const name of customers) await scanned(name, fleet.clock.now(), 'delivered').tell(fleet);
};

/** Everything that a stage reads by key, and its changelog. */
const growDelivery = (fleet: Fleet): void => {
  for (const name of [deliveryPromises.name, deliveryTracking.name, changelogOf('test', 'delivery')]) fleet.broker.addPartitions(name, 4);
};

describe('partitions are added to what delivery reads', () => {
  it('while nothing runs, to all of it: nobody is taken to be late, and the process says that it waits for an operator', async () => {
    const fleet = await onTheirWay();
    await stopAll(fleet);
    growDelivery(fleet);
    await allArrive(fleet);
    const process = await fleet.startProcess('two');
    await fleet.pass(10 * minuteMs, 10_000);
    expect(fleet.values(issues)).toEqual([]);
    expect(given(fleet)).toEqual([]);
    expect(process.engine.ready().ready).toBe(false);
    expect(process.engine.ready().why.join()).toMatch(
      /AMENDS_PARTITIONS_CHANGED: delivery\.(promises|tracking) had 2 partitions and has 4/,
    );
    expect(fleet.told('AbsenceStopped').map(({ code }) => code)).toContain('AMENDS_PARTITIONS_CHANGED');
  });

  it('while nothing runs, to one topic only: the start refuses and names it', async () => {
    const fleet = await onTheirWay();
    await stopAll(fleet);
    fleet.broker.addPartitions(deliveryTracking.name, 4);
    await allArrive(fleet);
    await expect(fleet.startProcess('two')).rejects.toThrow(/AMENDS_TOPIC_PARTITIONS[^]*delivery\.tracking 4/);
  });

  it('while it runs: nobody is taken to be late, and the process says that it waits for an operator', async () => {
    const fleet = await onTheirWay();
    fleet.broker.addPartitions(deliveryTracking.name, 4);
    await allArrive(fleet);
    await fleet.pass(10 * minuteMs, 5_000);
    expect(fleet.values(issues)).toEqual([]);
    expect(given(fleet)).toEqual([]);
    expect(fleet.processes[0]?.engine.ready().why.join()).toContain(
      'AMENDS_PARTITIONS_CHANGED: delivery.tracking had 2 partitions and has 4',
    );
  });
});

describe('partitions are added to what care reads', () => {
  it('nobody whose shipping was given back gets it again from a task that does not know', async () => {
    const fleet = await onTheirWay();
    await fleet.pass(10 * minuteMs, 10_000);
    const before = given(fleet);
    expect(before).toHaveLength(customers.length);
    await stopAll(fleet);
    for (const name of [orderAdjustments.name, streamingPurchases.name, issues.name, changelogOf('test', 'care')])
      fleet.broker.addPartitions(name, 4);
    const process = await fleet.startProcess('two');
    // What is said anew of the same problems goes to the tasks that were added.
    for (const name of customers) await scanned(name, fleet.clock.now(), 'attempt-failed').tell(fleet);
    await fleet.pass(10 * minuteMs, 10_000);
    expect(given(fleet)).toEqual(before);
    expect(process.engine.ready().why.join()).toContain('AMENDS_PARTITIONS_CHANGED');
  });
});
