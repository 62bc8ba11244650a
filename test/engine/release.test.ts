import { describe, expect, it } from 'vitest';
import { changelogOf, deadLettersTopic } from '../../src/engine/topics.ts';
import type { Log, Outgoing, Reader } from '../../src/engine/log.ts';
import { altered } from './support/altered.ts';
import { Fleet } from './support/fleet.ts';
import { alarms, pay, pings, start, switches, watch } from './support/toy.ts';

const began = async (partitions: number): Promise<Fleet> => {
  const fleet = new Fleet({ stages: () => [watch(), pay()], partitions, time: 'live', start });
  await fleet.startProcess('one');
  await fleet.produce(switches, [[{ name: 'main', on: true }]]);
  await fleet.pass(5_000);
  return fleet;
};
const stopAll = async (fleet: Fleet): Promise<void> => {
  for (const { engine } of fleet.processes) await engine.stop();
  fleet.processes.length = 0;
};
/** A record that nobody can read and that has no key: it may be anybody's sign of life. */
const nobodys = (fleet: Fleet, headers: Outgoing['headers'] = new Map()): Outgoing => ({
  topic: pings.name,
  partition: 0,
  key: null,
  value: Buffer.from('garbage'),
  timestamp: fleet.clock.now(),
  headers,
});
const whyNot = (fleet: Fleet): string => fleet.processes.flatMap(({ engine }) => engine.ready().why).join('; ');

describe('what stops a stage', () => {
  it('goes on to stop it, whatever headers a record from outside has', async () => {
    const fleet = await began(1);
    await fleet.produce(pings, [[{ device: 'ann.good' }]]);
    await fleet.produceRaw([nobodys(fleet)]);
    await fleet.pass(10_000);
    expect(whyNot(fleet)).toContain('AMENDS_KEY_MISSING');
    // Its dead letter goes where notices of operators go, with all its headers.
    await fleet.produceRaw([nobodys(fleet, new Map([['amends.release', Buffer.from('watch')]]))]);
    await fleet.pass(120_000, 5_000);
    expect(fleet.values(alarms)).toEqual([]);
    expect(whyNot(fleet)).toContain('AMENDS_KEY_MISSING');
  });

  it('is not ended by a release that was meant for what stopped it before', async () => {
    const fleet = await began(2);
    await fleet.produceRaw([nobodys(fleet)]);
    await fleet.pass(10_000);
    await fleet.release('watch');
    await fleet.release('pay');
    await fleet.pass(10_000);
    expect(whyNot(fleet)).toBe('');
    await stopAll(fleet);
    for (const name of [pings.name, alarms.name, 'toy.gifts', changelogOf('test', 'watch'), changelogOf('test', 'pay')])
      fleet.broker.addPartitions(name, 4);
    // Tasks that were added begin at the beginning of the dead letters, where the release still stands.
    await fleet.startProcess('two');
    await fleet.pass(30_000, 5_000);
    for (const task of ['watch/2', 'watch/3', 'pay/2', 'pay/3'])
      expect(whyNot(fleet)).toContain(`${task} is held: restored; AMENDS_PARTITIONS_CHANGED`);
  });

  it('is told of a subject that only its own record can name', async () => {
    const fleet = await began(1);
    await fleet.produce(pings, [[{ device: 'ann.good' }]]);
    const bad: Outgoing = {
      ...nobodys(fleet, new Map([['amends.errors.subject', Buffer.from('ann.good')]])),
      key: Buffer.from('bob.bad'),
    };
    await fleet.produceRaw([bad]);
    await fleet.pass(10_000);
    const [letter] = fleet.broker.records(deadLettersTopic);
    expect(letter?.headers().get('amends.errors.subject')).toBeUndefined();
  });
});

describe('a process that can not hear how far other tasks are', () => {
  it('says so: their clocks stand still, and nothing else would tell', async () => {
    const fleet = new Fleet({ stages: () => [watch()], partitions: 2, time: 'live', start });
    let isDeaf = false;
    const wrap = (log: Log): Log => {
      let isFirst = true;
      const read = (): Reader => {
        const reader = log.read();
        const isBoard = isFirst;
        isFirst = false;
        return {
          ...{ add: (from) => reader.add(from), drop: (one) => reader.drop(one), pause: (one, paused) => reader.pause(one, paused) },
          close: () => reader.close(),
          poll: (limit, signal) => (isBoard && isDeaf ? Promise.reject(new Error('not allowed')) : reader.poll(limit, signal)),
        };
      };
      return altered(log, { read });
    };
    const { engine } = await fleet.startProcess('one', { wrap });
    await fleet.pass(5_000);
    expect(engine.ready().ready).toBe(true);
    isDeaf = true;
    await fleet.pass(5_000);
    expect(engine.ready().why.join()).toContain('amends.progress');
    isDeaf = false;
    await fleet.pass(5_000);
    expect(engine.ready().ready).toBe(true);
  });
});
