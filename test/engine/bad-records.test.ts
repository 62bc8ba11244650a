import { describe, expect, it } from 'vitest';
import { letterHeaders } from '../../src/engine/dead-letter.ts';
import type { Outgoing } from '../../src/engine/log.ts';
import { deadLettersTopic } from '../../src/engine/topics.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import { Fleet } from './support/fleet.ts';
import { alarms, pay, pings, seconds, start, switches, watch } from './support/toy.ts';

const partitions = 3;
const live = async (): Promise<Fleet> => {
  const fleet = new Fleet({ stages: () => [watch(), pay()], partitions, time: 'live', start });
  await fleet.startProcess('one');
  await fleet.produce(switches, [[{ name: 'main', on: true }]]);
  await fleet.produce(pings, [[{ device: 'ann.good' }], [{ device: 'bob.bad' }]]);
  await fleet.pass(5_000);
  return fleet;
};
const raw = (fleet: Fleet, of: { key?: string | null; value?: string | Buffer | null; partition?: number }): Outgoing => {
  const key = of.key === undefined ? 'bob.bad' : of.key;
  const keyBytes = key === null ? null : Buffer.from(key);
  const value = of.value === undefined ? '{"device":"bob.bad"}' : of.value;
  return {
    topic: pings.name,
    partition: of.partition ?? (keyBytes ? partitionOf(keyBytes, partitions) : 0),
    key: keyBytes,
    value: value === null ? null : Buffer.from(value),
    timestamp: fleet.clock.now(),
    headers: new Map([['trace', Buffer.from('abc')]]),
  };
};
const letters = (fleet: Fleet) => fleet.broker.records(deadLettersTopic);
const header = (fleet: Fleet, name: string): readonly (string | undefined)[] =>
  letters(fleet).map((letter) => letter.headers().get(name)?.toString());
const silent = (fleet: Fleet): readonly string[] =>
  fleet
    .values(alarms)
    .map(({ device }) => device)
    .sort();

describe('a record that can not be read', () => {
  const bad: readonly (readonly [string, string, Parameters<typeof raw>[1]])[] = [
    ['invalid JSON', 'AMENDS_RECORD_NOT_JSON', { value: '{"device":' }],
    ['a wrong type', 'AMENDS_RECORD_INVALID', { value: '{"device":7}' }],
    ['a missing field', 'AMENDS_RECORD_INVALID', { value: '{}' }],
    ['an empty value', 'AMENDS_RECORD_EMPTY', { value: '' }],
    ['a tombstone', 'AMENDS_RECORD_EMPTY', { value: null }],
    ['5 MB of value', 'AMENDS_RECORD_TOO_LARGE', { value: Buffer.alloc(5_000_000, 'x') }],
    ['a null key', 'AMENDS_KEY_MISSING', { key: null, partition: partitionOf(Buffer.from('bob.bad'), partitions) }],
    ['a handler that throws', 'AMENDS_HANDLER_FAILED', { value: '{"device":"bob.bad","note":"throw"}' }],
  ];
  for (const [name, code, record] of bad)
    it(`${name}: goes whole to the dead letters, its subject is held, the rest goes on`, async () => {
      const fleet = await live();
      const sent = raw(fleet, record);
      await fleet.produceRaw([sent]);
      await fleet.pass(120_000, 5_000);
      expect(header(fleet, letterHeaders.exception)).toEqual([code]);
      const [letter] = letters(fleet);
      expect([letter?.key, letter?.value, letter?.headers().get('trace')?.toString()]).toEqual([sent.key, sent.value, 'abc']);
      expect(header(fleet, letterHeaders.offset)[0]).toMatch(/^\d+$/);
      expect(silent(fleet)).toEqual(['ann.good']);
      expect(fleet.told('SubjectQuarantined').map(({ subject }) => subject)).toEqual(['bob.bad']);
    });

  it('a good record observed later lets the subject go', async () => {
    const fleet = await live();
    await fleet.produceRaw([raw(fleet, { value: 'not JSON' })]);
    await fleet.pass(120_000, 5_000);
    expect(silent(fleet)).toEqual(['ann.good']);
    await fleet.produce(pings, [[{ device: 'bob.bad' }]]);
    await fleet.pass(70_000, 5_000);
    expect(silent(fleet)).toEqual(['ann.good', 'bob.bad']);
    expect(fleet.told('SubjectReleased').map(({ subject }) => subject)).toEqual(['bob.bad']);
  });

  it('a null key and a value that does not say whom it is about hold all silence of that partition, until an operator lets it go', async () => {
    const fleet = await live();
    const partition = partitionOf(Buffer.from('bob.bad'), partitions);
    await fleet.produceRaw([raw(fleet, { key: null, value: 'garbage', partition })]);
    await fleet.pass(120_000, 5_000);
    expect(silent(fleet)).not.toContain('bob.bad');
    const [process] = fleet.processes;
    expect(process?.engine.ready().why.join()).toContain('AMENDS_KEY_MISSING');
    await fleet.release('watch');
    await fleet.pass(5_000);
    expect(silent(fleet)).toContain('bob.bad');
    expect(process?.engine.ready().ready).toBe(true);
  });

  it('in the wrong partition: its subject is held in the task that owns it', async () => {
    const fleet = await live();
    const right = partitionOf(Buffer.from('bob.bad'), partitions);
    await fleet.produceRaw([raw(fleet, { partition: (right + 1) % partitions })]);
    await fleet.pass(120_000, 5_000);
    expect(header(fleet, letterHeaders.exception)).toEqual(['AMENDS_KEY_MISPLACED']);
    expect(silent(fleet)).toEqual(['ann.good']);
  });

  it('in the wrong partition, whose task reads nothing for a while: no silence is concluded before it has', async () => {
    const alarmsWhileOneLags = async (siblingSlackMs: number): Promise<readonly string[]> => {
      const fleet = new Fleet({ stages: () => [watch(), pay()], partitions: 2, time: 'live', start, siblingSlackMs });
      let lagging: string | undefined;
      // Each process has a partition of each stage; the one that lags can't fetch, but lives.
      for (const name of ['one', 'two'])
        await fleet.startProcess(name, { faults: async (point) => (point === 'fetch' && name === lagging ? 'refuse' : 'none') });
      await fleet.pass(10_000);
      await fleet.produce(pings, [[{ device: 'bob.bad' }]]);
      await fleet.pass(5_000);
      const right = partitionOf(Buffer.from('bob.bad'), 2);
      lagging = fleet.processes.find(
        ({ engine }) => !engine.tasks().some(({ stage, partition }) => stage === 'watch' && partition === right),
      )?.name;
      await fleet.produceRaw([{ ...raw(fleet, {}), partition: 1 - right }]);
      await fleet.pass(90_000, 5_000);
      lagging = undefined;
      await fleet.pass(60_000, 5_000);
      return silent(fleet);
    };
    expect(await alarmsWhileOneLags(0)).toEqual([]);
    // Planted: a task that doesn't wait for what the stage's others have read.
    expect(await alarmsWhileOneLags(Infinity)).toEqual(['bob.bad']);
  });

  it('more than a few in the wrong partition stop silence there, and say which topic', async () => {
    const fleet = await live();
    const right = partitionOf(Buffer.from('bob.bad'), partitions);
    const wrong = (right + 1) % partitions;
    const other =
      ['cy.a', 'cy.b', 'cy.c', 'cy.d', 'cy.e', 'cy.f', 'cy.g', 'cy.h'].find(
        (device) => partitionOf(Buffer.from(device), partitions) === wrong,
      ) ?? '';
    await fleet.produce(pings, [[{ device: other }]]);
    await fleet.produceRaw(
      Array.from({ length: 6 }, (_, index) =>
        raw(fleet, {
          key: `bob.bad${index}`,
          value: `{"device":"bob.bad${index}"}`,
          partition: (partitionOf(Buffer.from(`bob.bad${index}`), partitions) + 1) % partitions,
        }),
      ).map((record) => ({
        ...record,
        partition: wrong === partitionOf(record.key ?? Buffer.alloc(0), partitions) ? (wrong + 1) % partitions : wrong,
      })),
    );
    await fleet.produceRaw(
      Array.from({ length: 12 }, (_, index) => `dee.${index}`)
        .filter((device) => partitionOf(Buffer.from(device), partitions) !== wrong)
        .map((device) => raw(fleet, { key: device, value: `{"device":"${device}"}`, partition: wrong })),
    );
    await fleet.pass(120_000, 5_000);
    expect(silent(fleet)).not.toContain(other);
    expect(fleet.processes[0]?.engine.ready().why.join()).toMatch(/AMENDS_KEY_MISPLACED.*toy\.pings/);
  });
});

describe('our own mistakes', () => {
  it('a waker that throws holds its subject, is counted, and gets one more try with a new version', async () => {
    const fleet = await live();
    await fleet.produce(pings, [[{ device: 'bob.broken' }]]);
    await fleet.pass(120_000, 5_000);
    expect(silent(fleet)).toEqual(['ann.good', 'bob.bad']);
    expect(fleet.told('SubjectQuarantined').map(({ subject, code }) => [subject, code])).toEqual([['bob.broken', 'AMENDS_HANDLER_FAILED']]);
    await fleet.processes[0]?.engine.stop();
    fleet.processes.length = 0;
    await fleet.startProcess('still broken', { version: '2' });
    await fleet.pass(20_000, 5_000);
    expect(fleet.told('SubjectQuarantined')).toHaveLength(2);
  });

  it('a row that stays due and does nothing is set aside after ten times', async () => {
    const fleet = await live();
    await fleet.produce(pings, [[{ device: 'bob.stuck' }]]);
    await fleet.pass(180_000, 5_000);
    expect(fleet.told('SubjectQuarantined').map(({ subject, code }) => [subject, code])).toEqual([['bob.stuck', 'AMENDS_ROW_STUCK']]);
    expect(silent(fleet)).toEqual(['ann.good', 'bob.bad']);
  });

  it('a record on a topic of our own that can not be read stops its task, and no other', async () => {
    const fleet = await live();
    await fleet.produceRaw([
      { topic: alarms.name, partition: 0, key: Buffer.from('x'), value: Buffer.from('{}'), timestamp: fleet.clock.now() },
    ]);
    await fleet.pass(2_000);
    const halted = fleet.processes[0]?.engine.tasks().filter(({ state }) => state === 'halted') ?? [];
    expect(halted.map(({ stage, partition }) => [stage, partition])).toEqual([['pay', 0]]);
    expect(halted[0]?.why).toContain('AMENDS_OWN_RECORD_UNREADABLE');
  });

  it('what follows from one record and is too large to be written sets that record aside, and no other', async () => {
    const fleet = new Fleet({
      stages: () => [
        {
          ...watch(),
          inputs: watch().inputs.map((each) => ({
            ...each,
            handle: (value, at, task) => {
              each.handle(value, at, task);
              if (JSON.stringify(value).includes('explode'))
                task.emit(alarms, { owner: 'ann', device: 'x'.repeat(20_000_000), armedBy: 1, revision: 1, state: 'open' });
            },
          })),
        },
        pay(),
      ],
      partitions: 1,
      time: 'records',
      start,
    });
    await fleet.startProcess('one');
    await fleet.produce(switches, [[{ name: 'main', on: true }, start]]);
    await fleet.produce(pings, [
      [{ device: 'ann.a' }, start],
      [{ device: 'ann.b', note: 'explode' }, start],
      [{ device: 'ann.c' }, start],
    ]);
    await fleet.ticks(seconds(500));
    await fleet.settle();
    await fleet.pass(20_000, 1_000);
    expect(header(fleet, letterHeaders.exception)).toEqual(['AMENDS_RECORD_TOO_LARGE']);
    expect(silent(fleet)).toEqual(['ann.a', 'ann.c']);
  });
});
