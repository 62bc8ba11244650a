import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Overlay } from '../../src/engine/overlay.ts';
import type { Outgoing, Reader } from '../../src/engine/log.ts';
import { MemoryStore } from '../../src/engine/memory-store.ts';
import { Source } from '../../src/engine/source.ts';
import type { Input, Stage, Table } from '../../src/engine/stage.ts';
import { input, rows } from '../../src/engine/stage.ts';
import { changelogOf } from '../../src/engine/topics.ts';
import { jsonTopic } from '../../src/formats/json.ts';
import { after, instant, never } from '../../src/values/time.ts';
import { altered } from './support/altered.ts';
import { Fleet, turns } from './support/fleet.ts';
import { alarms, devices, pay, payments, pings, seconds, silenceMs, start, switches, watch } from './support/toy.ts';

const both = (): readonly Stage[] => [watch(), pay()];
const live = (as: { readonly stages?: () => readonly Stage[]; readonly partitions?: number; readonly batchRecords?: number } = {}): Fleet =>
  new Fleet({ stages: both, partitions: 1, time: 'live', start, ...as });
const armed = (fleet: Fleet): Promise<void> => fleet.produce(switches, [[{ name: 'main', on: true }]]);
const opened = (fleet: Fleet): readonly string[] =>
  fleet
    .values(alarms)
    .filter(({ state }) => state === 'open')
    .map(({ device }) => device);
const garbage = (fleet: Fleet, topic: string, key: string | null): Outgoing => ({
  topic,
  partition: 0,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from('not JSON'),
  timestamp: fleet.clock.now(),
});

/** Ends all processes, as a deployment does. */
const stopAll = async (fleet: Fleet): Promise<void> => {
  for (const { engine } of fleet.processes) await engine.stop();
  fleet.processes.length = 0;
};

const notes = jsonTopic({
  name: 'toy.notes',
  schema: z.strictObject({ device: z.string(), note: z.string() }),
  key: ({ device }) => device,
});
/** As `watch`; what others note of a device is kept in its row, and is no sign of life. */
const watchWithNotes = (): Stage => ({
  ...watch(),
  inputs: [
    ...watch().inputs,
    input(notes, ({ device }, _, task) => {
      const known = task.get(devices, device);
      if (known) task.put(devices, device, known);
    }),
  ],
});

describe('a stage behind', () => {
  it('waits for what the stage before has read and not yet concluded', async () => {
    const fleet = live({ batchRecords: 2 });
    const { engine } = await fleet.startProcess('one');
    await armed(fleet);
    const all = Array.from({ length: 60 }, (_, index) => [{ device: `ann.${index}` }] as const);
    await fleet.produce(pings, all);
    await fleet.pass(62_000);
    expect(opened(fleet)).toHaveLength(60);
    const [first = start] = fleet.broker.records(alarms.name).map(({ timestamp }) => timestamp);
    // All are back half a second before the first is paid for, and everything that was said is read.
    await fleet.pass(after(first, 29_500) - fleet.clock.now());
    await fleet.produce(pings, all);
    await fleet.settle();
    // From here on a step takes a tenth of a second: to say that they are back takes six.
    for (let step = 0; step < 150; step += 1) {
      await fleet.clock.advanceBy(100);
      await engine.tick();
      await turns(2);
    }
    await fleet.pass(10_000);
    expect(fleet.values(alarms).filter(({ state }) => state === 'closed')).toHaveLength(60);
    expect(fleet.values(payments)).toEqual([]);
  });

  it('waits while the stage before is stopped, for what that one may not say', async () => {
    const fleet = live();
    await fleet.startProcess('one');
    await armed(fleet);
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(70_000, 5_000);
    expect(opened(fleet)).toEqual(['ann.a']);
    await fleet.produceRaw([garbage(fleet, pings.name, null)]);
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(60_000, 5_000);
    expect(fleet.values(payments)).toEqual([]);
  });
});

describe('a batch that fails', () => {
  it('by an error of the log itself loses no timer', async () => {
    const fleet = live();
    let breaks = true;
    await fleet.startProcess('one');
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(5_000);
    await stopAll(fleet);
    await fleet.startProcess('two', {
      wrap: (log) =>
        altered(log, {
          write: async (id, signal) => {
            const writer = await log.write(id, signal);
            return {
              close: () => writer.close(),
              commit: (records, permit) => {
                if (!breaks || !records.some(({ topic }) => topic === alarms.name)) return writer.commit(records, permit);
                breaks = false;
                throw new Error('the connection is gone');
              },
            };
          },
        }),
    });
    await fleet.pass(120_000, 5_000);
    expect(breaks).toBe(false);
    expect(opened(fleet)).toEqual(['ann.a']);
  });

  it('loses no timer that was held in it', () => {
    const table: Table<unknown> = { name: 'plain', version: 1, wakeAt: () => instant(5), upcast: (_, stored) => stored };
    const store = new MemoryStore();
    store.apply([{ table: table.name, key: 'ann/a', kept: {}, wakeAt: 5, touched: never }], 1);
    const overlay = new Overlay(store);
    overlay.begin();
    overlay.put(table, 'ann', {}, undefined, never);
    const found: string[] = [];
    for (let row = overlay.firstDue(); row; row = overlay.firstDue()) {
      found.push(row.key);
      overlay.take(row, true);
    }
    expect(found).toEqual(['ann', 'ann/a']);
    overlay.discard();
    expect(new Overlay(store).firstDue()?.key).toBe('ann/a');
  });

  it('in what follows from a record that waited, because it is too large, sets that record aside and no other', async () => {
    const large = (each: Input): Input =>
      each.topic.name !== alarms.name
        ? each
        : {
            ...each,
            handle: (value, at, task) => {
              each.handle(value, at, task);
              if (JSON.stringify(value).includes('explode')) task.put(devices, 'ann/x', { last: 0, note: 'x'.repeat(20_000_000) } as never);
            },
          };
    const fleet = new Fleet({
      stages: () => [watch(), { ...pay(), inputs: pay().inputs.map(large), rows: [...pay().rows, rows(devices)] }],
      partitions: 1,
      time: 'records',
      start,
    });
    await fleet.startProcess('one');
    await fleet.produce(switches, [[{ name: 'main', on: true }, start]]);
    await fleet.produce(pings, [
      [{ device: 'ann.explode' }, start],
      [{ device: 'bob.a' }, start],
    ]);
    await fleet.ticks(seconds(500));
    await fleet.settle();
    await fleet.pass(20_000);
    expect(fleet.values(payments).map(({ owner }) => owner)).toEqual(['bob']);
    expect(fleet.told('SubjectQuarantined').map(({ subject }) => subject)).toEqual(['ann']);
  });
});

describe('a quarantine', () => {
  it('for a record that our code failed on is not ended by a new version: the record is still unread', async () => {
    const fleet = live();
    await fleet.startProcess('one');
    await fleet.produce(pings, [[{ device: 'bob.bad' }]]);
    await fleet.pass(30_000, 5_000);
    await fleet.produce(pings, [[{ device: 'bob.bad', note: 'throw' }]]);
    await fleet.pass(5_000);
    expect(fleet.told('SubjectQuarantined').map(({ subject }) => subject)).toEqual(['bob.bad']);
    await stopAll(fleet);
    await fleet.startProcess('two', { version: '2' });
    await fleet.pass(60_000, 5_000);
    expect(opened(fleet)).toEqual([]);
  });

  it('for records of two topics is not ended by a good one of the last alone', async () => {
    const fleet = live({ stages: () => [watchWithNotes()] });
    await fleet.startProcess('one');
    await fleet.produce(pings, [[{ device: 'bob.bad' }]]);
    await fleet.pass(5_000);
    await fleet.produceRaw([garbage(fleet, pings.name, 'bob.bad')]);
    await fleet.pass(5_000);
    await fleet.produceRaw([garbage(fleet, notes.name, 'bob.bad')]);
    await fleet.pass(5_000);
    await fleet.produce(notes, [[{ device: 'bob.bad', note: 'good' }]]);
    await fleet.pass(120_000, 5_000);
    expect(opened(fleet)).toEqual([]);
  });
});

describe('a record of a broadcast', () => {
  it('that our code fails on stops money, as one that can not be read', async () => {
    const failsOnStop = (each: Input): Input =>
      each.topic.name !== switches.name
        ? each
        : {
            ...each,
            handle: (value, at, task) => {
              if (JSON.stringify(value).includes('false')) throw new Error('a handler that throws');
              each.handle(value, at, task);
            },
          };
    const fleet = live({ stages: () => [watch(), { ...pay(), inputs: pay().inputs.map(failsOnStop) }] });
    await fleet.startProcess('one');
    await armed(fleet);
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(5_000);
    await fleet.produce(switches, [[{ name: 'main', on: false }]]);
    await fleet.pass(130_000, 5_000);
    expect(opened(fleet)).toEqual(['ann.a']);
    expect(fleet.values(payments)).toEqual([]);
  });
});

describe('a stop', () => {
  it('is still told after a restart, when nothing more has come', async () => {
    const fleet = live();
    await fleet.startProcess('one');
    await fleet.produceRaw([garbage(fleet, pings.name, null)]);
    await fleet.pass(5_000);
    expect(fleet.processes[0]?.engine.ready().why.join()).toContain('AMENDS_KEY_MISSING');
    await stopAll(fleet);
    await fleet.startProcess('two');
    await fleet.pass(10_000);
    expect(fleet.processes[0]?.engine.ready().why.join()).toContain('AMENDS_KEY_MISSING');
  });
});

describe('a task that is taken over', () => {
  it('after a transaction was refused folds nothing twice of what was committed before', async () => {
    let refuses = false;
    let folded = 0;
    const counting = (): Stage => ({
      ...watch(),
      inputs: watch().inputs.map((each) => ({
        ...each,
        handle: (value, at, task) => {
          folded += 1;
          each.handle(value, at, task);
        },
      })),
    });
    const fleet = live({ stages: () => [counting()] });
    await fleet.startProcess('one', {
      faults: async (point) => {
        if (!refuses || point !== 'addPartitions') return 'none';
        refuses = false;
        return 'refuse';
      },
    });
    await fleet.produce(pings, [[{ device: 'ann.a' }], [{ device: 'ann.b' }]]);
    await fleet.pass(5_000);
    expect(folded).toBe(2);
    refuses = true;
    await fleet.produce(pings, [[{ device: 'ann.c' }]]);
    await fleet.pass(5_000);
    // Once in the batch that was refused, once in the one that was not.
    expect(folded).toBe(2 + 2);
  });

  it('after its changelog could be read only in part folds nothing twice', async () => {
    let folded = 0;
    const counting = (): Stage => ({
      ...watch(),
      inputs: watch().inputs.map((each) => ({
        ...each,
        handle: (value, at, task) => {
          folded += 1;
          each.handle(value, at, task);
        },
      })),
    });
    const fleet = live({ stages: () => [counting()] });
    await fleet.startProcess('one');
    await fleet.produce(pings, [[{ device: 'ann.a' }], [{ device: 'ann.b' }]]);
    await fleet.pass(5_000);
    expect(folded).toBe(2);
    await stopAll(fleet);
    let cuts = 1;
    // An answer ends with the last record; what is behind it, the mark of the commit, comes with the next one, which fails.
    const cut = (reader: Reader): Reader => {
      let isChangelog = false;
      let polls = 0;
      return {
        add: (from) => {
          isChangelog = from.topic === changelogOf('test', 'watch');
          reader.add(from);
        },
        drop: (partition) => reader.drop(partition),
        pause: (partition, paused) => reader.pause(partition, paused),
        close: () => reader.close(),
        poll: async (limit, signal) => {
          if (!isChangelog || cuts === 0) return reader.poll(limit, signal);
          polls += 1;
          if (polls === 1) return (await reader.poll(limit, signal)).map((each) => ({ ...each, next: each.next - 1 }));
          cuts -= 1;
          throw new Error('the fetch got no answer');
        },
      };
    };
    await fleet.startProcess('two', { wrap: (log) => altered(log, { read: () => cut(log.read()) }) });
    await fleet.pass(10_000);
    expect(cuts).toBe(0);
    expect(folded).toBe(2);
  });

  it('by a version that has its inputs in another order hands each record that waits to its own', async () => {
    const fleet = new Fleet({ stages: both, partitions: 1, time: 'records', start });
    await fleet.startProcess('one');
    await fleet.produce(pings, [[{ device: 'ann.a' }, start]]);
    await fleet.ticks(seconds(10));
    // Only pings go on: the alarm comes to pay and waits there, for its other inputs may still bring something before.
    await fleet.produce(pings, [[{ device: 'bob.a' }, seconds(100)]]);
    await fleet.settle();
    expect(opened(fleet)).toEqual(['ann.a']);
    await stopAll(fleet);
    await fleet.startProcess('two', { stages: [watch(), { ...pay(), inputs: pay().inputs.toReversed() }] });
    await fleet.produce(switches, [[{ name: 'main', on: true }, seconds(100)]]);
    await fleet.ticks(seconds(500));
    await fleet.settle();
    expect(fleet.values(payments).map(({ id }) => id)).toContain(`ann.a@${start}`);
  });

  it('wakes what is overdue in the order in which it would have without', async () => {
    const overdue: Table<{ readonly due: number }> = {
      name: 'overdue',
      version: 1,
      wakeAt: ({ due }) => instant(due),
      upcast: (_, stored) => stored as { readonly due: number },
    };
    const raised = jsonTopic({ name: 'toy.raised', schema: z.strictObject({ device: z.string() }), key: ({ device }) => device });
    // A promise that was over before it was heard of: of two devices one's deadline has long passed, the other's is now.
    const stage = (): Stage => ({
      name: 'overdue',
      upstream: [],
      outputs: [raised as never],
      inputs: [
        input(pings, ({ device }, at, task) => task.put(overdue, device, { due: device === 'ann.late' ? at.time - silenceMs : at.time })),
      ],
      rows: [
        rows(overdue, (device, _, task) => {
          task.emit(raised, { device });
          task.put(overdue, device, undefined);
        }),
      ],
    });
    const run = async (restarts: boolean): Promise<readonly string[]> => {
      const fleet = new Fleet({ stages: () => [stage()], partitions: 1, time: 'records', start, batchRecords: 2 });
      await fleet.startProcess('one');
      await fleet.produce(pings, [
        [{ device: 'ann.late' }, seconds(100)],
        [{ device: 'ann.now' }, seconds(100)],
        [{ device: 'ann.aaa' }, seconds(100)],
      ]);
      await fleet.settle();
      if (restarts) {
        await stopAll(fleet);
        await fleet.startProcess('two');
      }
      await fleet.ticks(seconds(200));
      await fleet.settle();
      return fleet.values(raised).map(({ device }) => device);
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe('a topic that is deleted and created again under a running task', () => {
  it('is not taken for read to its end because its last life was longer', () => {
    const source = new Source(
      input(pings, () => {}),
      0,
      0,
      100,
    );
    source.take({ topic: pings.name, partition: 0, records: [], next: 0, first: 0, stable: 0, high: 0, gap: 'recreated' });
    expect(source.isPast({ high: 3 })).toBe(false);
  });
});

describe('a gap in one input', () => {
  it('is not closed by a record of another input, which says nothing of what nobody read', async () => {
    const fleet = live({ stages: () => [watchWithNotes()] });
    await fleet.startProcess('one');
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    await fleet.pass(5_000);
    await stopAll(fleet);
    await fleet.produce(pings, [[{ device: 'ann.a' }]]);
    const [ends] = await fleet.outside.ends([{ topic: pings.name, partition: 0 }]);
    fleet.broker.trim([{ topic: pings.name, partition: 0, offset: ends?.high ?? 0 }]);
    await fleet.clock.advance(after(fleet.clock.now(), 5_000));
    await fleet.startProcess('two');
    await fleet.pass(5_000);
    expect(fleet.told('GapFound')).toHaveLength(1);
    await fleet.produce(notes, [[{ device: 'ann.a', note: 'asked for' }]]);
    await fleet.pass(120_000, 5_000);
    expect(opened(fleet)).toEqual([]);
  });
});
