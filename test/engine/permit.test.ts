import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/engine/stage.ts';
import { Fleet } from './support/fleet.ts';
import { alarms, pay, payments, pings, start, switches, watch } from './support/toy.ts';

const silenceOf = async (fleet: Fleet, device = 'ann.a'): Promise<void> => {
  await fleet.produce(pings, [[{ device }]]);
  await fleet.pass(130_000, 5_000);
};
const live = async (stages: () => readonly Stage[] = () => [watch(), pay()]): Promise<Fleet> => {
  const fleet = new Fleet({ stages, partitions: 1, time: 'live', start });
  await fleet.startProcess('one');
  return fleet;
};

describe('the permit', () => {
  it('without a record that arms, no money moves; the rest goes on', async () => {
    const fleet = await live();
    await silenceOf(fleet);
    expect(fleet.values(alarms)).toHaveLength(1);
    expect(fleet.values(payments)).toEqual([]);
    await fleet.produce(switches, [[{ name: 'main', on: true }]]);
    await fleet.pass(10_000);
    expect(fleet.values(payments)).toHaveLength(1);
  });

  it('a switch thrown just before the commit, not yet read by the task, stops that very batch', async () => {
    const run = async (stages: () => readonly Stage[]): Promise<number> => {
      const fleet = new Fleet({ stages, partitions: 1, time: 'live', start });
      let throwSwitch = false;
      await fleet.startProcess('one', {
        faults: async (point, owner) => {
          if (throwSwitch && point === 'addPartitions' && owner.includes('pay')) {
            throwSwitch = false;
            await fleet.produce(switches, [[{ name: 'main', on: false }]]);
          }
          return 'none';
        },
      });
      await fleet.produce(switches, [[{ name: 'main', on: true }]]);
      await fleet.produce(pings, [[{ device: 'ann.a' }]]);
      await fleet.pass(80_000, 5_000);
      throwSwitch = true;
      await fleet.pass(60_000, 5_000);
      return fleet.values(payments).length;
    };
    expect(await run(() => [watch(), pay()])).toBe(0);
    // Planted: a stage whose permit is always given, and whose rows are not asked again.
    const unguarded = (): Stage => ({
      ...pay(),
      inputs: pay().inputs.map((each) => (each.whole ? { ...each, whole: false } : each)),
      permit: () => true,
      rows: pay().rows.map((each) =>
        each.table.name === 'cases' ? { ...each, wake: (key, row, task) => each.wake(key, row, alwaysOn(task)) } : each,
      ),
    });
    expect(await run(() => [watch(), unguarded()])).toBe(1);
  });

  it('a switch topic that was deleted and created again is no permit', async () => {
    const fleet = await live();
    await fleet.produce(switches, [[{ name: 'main', on: true }]]);
    await fleet.pass(5_000);
    fleet.broker.deleteTopic(switches.name);
    fleet.broker.createTopic(switches.name, { partitions: 1, compacted: true, timestamps: 'append', maxMessageBytes: 1_000_000 });
    await silenceOf(fleet);
    expect(fleet.values(payments)).toEqual([]);
    expect(fleet.told('GapFound').map(({ kind }) => kind)).toContain('recreated');
  });

  it('a switch record that can not be read stops money until a good one comes under its key', async () => {
    const fleet = await live();
    await fleet.produce(switches, [[{ name: 'main', on: true }]]);
    await fleet.pass(2_000);
    await fleet.produceRaw([
      {
        topic: switches.name,
        partition: 0,
        key: Buffer.from('main'),
        value: Buffer.from('{"name":"main","on":"no'),
        timestamp: fleet.clock.now(),
      },
    ]);
    await fleet.produce(switches, [[{ name: 'another', on: true }]]);
    await silenceOf(fleet);
    expect(fleet.values(payments)).toEqual([]);
    await fleet.produce(switches, [[{ name: 'main', on: true }]]);
    await fleet.pass(10_000);
    expect(fleet.values(payments)).toHaveLength(1);
  });
});

/** A task that finds the switch on, whatever its rows say. */
const alwaysOn = (task: Parameters<Stage['rows'][number]['wake']>[2]): typeof task => ({
  get now() {
    return task.now;
  },
  silence: true,
  get money() {
    return task.money;
  },
  get: (table, key) => (table.name === 'switched' ? ({ on: true } as never) : task.get(table, key)),
  put: (table, key, state) => task.put(table, key, state),
  under: (table, prefix, after, limit) => task.under(table, prefix, after, limit),
  emit: (topic, value) => task.emit(topic, value),
  tell: (happening) => task.tell(happening),
});
