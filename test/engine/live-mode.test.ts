import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/engine/stage.ts';
import { after, dayMs } from '../../src/values/time.ts';
import { altered } from './support/altered.ts';
import { Fleet } from './support/fleet.ts';
import { alarms, pay, payments, pings, seconds, settleMs, start, switches, watch } from './support/toy.ts';

const live = (stages: () => readonly Stage[], partitions = 2): Fleet => new Fleet({ stages, partitions, time: 'live', start });
const armed = async (fleet: Fleet): Promise<void> => fleet.produce(switches, [[{ name: 'main', on: true }]]);

describe('the live mode', () => {
  it('finds silence and pays for it once it is proven', async () => {
    const fleet = live(() => [watch(), pay()]);
    await fleet.startProcess('one');
    await armed(fleet);
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(60_000);
    expect(fleet.values(alarms)).toEqual([]);
    await fleet.pass(5_000);
    expect(fleet.values(alarms)).toHaveLength(1);
    await fleet.pass(25_000);
    expect(fleet.values(payments)).toEqual([]);
    await fleet.pass(10_000);
    expect(fleet.values(payments)).toHaveLength(1);
    await fleet.pass(120_000, 5_000);
    expect(fleet.values(payments)).toHaveLength(1);
  });

  it('pays half a second after it may, though nothing else makes the stage before tell its clock more than each second', async () => {
    const fleet = live(() => [watch(), pay()]);
    await fleet.startProcess('one');
    await armed(fleet);
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(85_000);
    const [alarm] = fleet.broker.records(alarms.name);
    const settled = after(alarm?.timestamp ?? start, settleMs);
    await fleet.pass(settled - 500 - fleet.clock.now(), 500);
    await fleet.pass(2_500, 25);
    const [payment] = fleet.broker.records(payments.name);
    expect((payment?.timestamp ?? Infinity) - settled).toBeLessThan(500);
  });

  it('concludes nothing from a week in which nobody ran, if the records came', async () => {
    const fleet = live(() => [watch(), pay()]);
    const first = await fleet.startProcess('one');
    await armed(fleet);
    await fleet.produce(pings, [[{ device: 'ann.a' }], [{ device: 'bob.a' }]]);
    await fleet.pass(30_000);
    await first.engine.stop();
    fleet.processes.length = 0;
    for (let at = 30; at < (7 * dayMs) / 1_000; at += 3_000) {
      await fleet.clock.advance(seconds(at));
      await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    }
    await fleet.clock.advance(seconds((7 * dayMs) / 1_000));
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.startProcess('two');
    await fleet.pass(50_000);
    // The one that went on is fine: of its gaps none is concluded afterwards. The other has truly been silent.
    expect(
      fleet
        .values(alarms)
        .filter(({ state }) => state === 'open')
        .map(({ device }) => device),
    ).toEqual(['bob.a']);
  });

  it('does not pay while the stage before lags, though care is caught up', async () => {
    const run = async (stages: () => readonly Stage[]): Promise<readonly string[]> => {
      const fleet = live(stages, 1);
      await fleet.startProcess('all');
      await armed(fleet);
      await fleet.produce(pings, [[{ device: 'ann.a' }]]);
      await fleet.pass(70_000);
      expect(fleet.values(alarms)).toHaveLength(1);
      // The device is back, and the stage that would say so stands still: its records are delayed from now on.
      const [process] = fleet.processes;
      await process?.engine.stop();
      fleet.processes.length = 0;
      await fleet.produce(pings, [[{ device: 'ann.a' }]]);
      await fleet.startProcess('pay only', { stages: stages().filter(({ name }) => name === 'pay') });
      await fleet.pass(60_000, 5_000);
      return fleet.values(payments).map(({ id }) => id);
    };
    expect(await run(() => [watch(), pay()])).toEqual([]);
    // Planted: a stage that doesn't wait for the clocks upstream.
    expect(await run(() => [watch(), { ...pay(), upstream: [] }])).toHaveLength(1);
  });

  it('holds its clock while host and broker disagree about the time', async () => {
    const fleet = live(() => [watch(), pay()], 1);
    const process = await fleet.startProcess('one', {
      wrap: (log) =>
        altered(log, {
          append: async (records) =>
            (await log.append(records)).map((told) => ({ ...told, appendedAt: seconds(6 + (told.appendedAt - start) / 1_000) })),
        }),
    });
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(120_000, 5_000);
    expect(fleet.values(alarms)).toEqual([]);
    expect(fleet.told('ClockHeld').length).toBeGreaterThan(0);
    expect(process.engine.tasks().every(({ clock }) => clock === -Infinity)).toBe(true);
  });

  it('waits while a topic is missing, and goes on once it is there again', async () => {
    const fleet = live(() => [watch(), pay()], 1);
    const process = await fleet.startProcess('one');
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(5_000);
    fleet.broker.deleteTopic(pings.name);
    await fleet.pass(20_000);
    expect(process.engine.ready().why.join()).toContain(pings.name);
    fleet.broker.createTopic(pings.name, { partitions: 1, compacted: false, timestamps: 'append', maxMessageBytes: 1_000_000 });
    await fleet.pass(20_000);
    expect(process.engine.tasks().map(({ state }) => state)).toEqual(['running', 'running']);
    await fleet.produce(pings, [[{ device: 'bob.a' }]]);
    await fleet.pass(90_000, 5_000);
    expect(fleet.values(alarms).map(({ device }) => device)).toEqual(['bob.a']);
  });

  it('waits for a transaction upstream that is still open', async () => {
    const fleet = live(() => [watch(), pay()], 1);
    await fleet.startProcess('one');
    await armed(fleet);
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(50_000);
    const open = fleet.broker.openTransaction();
    open.append([
      {
        topic: pings.name,
        partition: 0,
        key: Buffer.from('ann.a'),
        value: Buffer.from('{"device":"ann.a"}'),
        timestamp: fleet.clock.now(),
      },
    ]);
    await fleet.pass(8_000);
    open.commit();
    await fleet.pass(30_000);
    expect(fleet.values(alarms)).toEqual([]);
  });
});
