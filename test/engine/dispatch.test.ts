import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../src/engine/batch.ts';
import { Dispatch, noticeInput } from '../../src/engine/dispatch.ts';
import { letterHeaders } from '../../src/engine/dead-letter.ts';
import type { LogRecord } from '../../src/engine/log.ts';
import { MemoryStore } from '../../src/engine/memory-store.ts';
import { quarantineTable } from '../../src/engine/reserved-tables.ts';
import type { Input } from '../../src/engine/stage.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import { hourMs, never } from '../../src/values/time.ts';
import { devices, pings, seconds, start, watch } from './support/toy.ts';

const tasks = 3;
const ours = partitionOf(Buffer.from('ann.a'), tasks);

/** Partition `ours` of the stage of three, folding into one batch. */
const dispatching = () => {
  const stage = watch();
  const [pinged] = stage.inputs;
  const dispatch = new Dispatch({ stage, partition: ours, tasks, letterPartitions: tasks, version: '1' });
  const batch = new Batch({ store: new MemoryStore(), now: start, money: true, inOrderOfTime: false, partitionsOf: () => tasks });
  const fold = (
    value: string,
    key: string,
    atSeconds: number,
    as: { input?: Input | undefined; headers?: ReadonlyMap<string, Buffer> } = {},
  ): void => {
    const record: LogRecord = {
      topic: pings.name,
      partition: ours,
      offset: 0,
      timestamp: seconds(atSeconds),
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: () => as.headers ?? new Map(),
    };
    const input = as.input ?? pinged;
    if (input) dispatch.fold(batch, input, record, record.timestamp);
  };
  return { dispatch, batch, fold };
};
const ping = (device: string, note?: string): string => JSON.stringify({ device, ...(note !== undefined && { note }) });

describe('what becomes of a record', () => {
  it('a subject is held from its last bad record on, until a good one that was observed later', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ bad: fc.boolean(), at: fc.nat(9) }), { maxLength: 20 }), (records) => {
        const { batch, fold } = dispatching();
        let heldAt: number = never;
        // As a log brings them: in order of their times.
        for (const { bad, at } of records.toSorted((one, other) => one.at - other.at)) {
          fold(bad ? 'not JSON' : ping('ann.a'), 'ann.a', at);
          if (bad) heldAt = at;
          else if (at > heldAt) heldAt = never;
          expect(batch.get(quarantineTable, 'ann.a') !== undefined).toBe(heldAt !== never);
        }
        expect(batch.outgoing).toHaveLength(records.filter(({ bad }) => bad).length);
      }),
      { numRuns: 100 },
    );
  });

  it('what a handler did before it failed is as if it had never been', () => {
    const { dispatch, batch, fold } = dispatching();
    fold(ping('ann.a'), 'ann.a', 1);
    const before = batch.get(devices, 'ann.a');
    const failing: Input = {
      topic: pings,
      written: 'outside',
      whole: false,
      handle: (_, __, task) => {
        task.put(devices, 'ann.a', { last: 99 });
        task.put(devices, 'ann.new', { last: 99 });
        task.tell({ name: 'ScanFlagged', flag: 'x', subject: 'ann.a' });
        throw new Error('too late');
      },
    };
    fold(ping('ann.a'), 'ann.a', 2, { input: failing });
    expect([batch.get(devices, 'ann.a'), batch.get(devices, 'ann.new')]).toEqual([before, undefined]);
    expect(batch.happenings.map(({ name }) => name)).toEqual(['RecordDeadLettered', 'SubjectQuarantined']);
    expect(dispatch.stopped(batch)).toEqual([]);
  });

  it('misplaced records stop the task when there are more than five of them within an hour, and not before', () => {
    const elsewhere = ['bob.a', 'bob.b', 'bob.c', 'bob.d', 'bob.e'].find((key) => partitionOf(Buffer.from(key), tasks) !== ours) ?? '';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: hourMs / 2_000 }), { minLength: 1, maxLength: 12 }), (gaps) => {
        const { dispatch, batch, fold } = dispatching();
        let at = 0;
        let since = 0;
        let count = 0;
        let stops = false;
        for (const gap of gaps) {
          at += gap;
          fold(ping(elsewhere), elsewhere, at);
          if (count > 0 && (at - since) * 1_000 < hourMs) count += 1;
          else [since, count] = [at, 1];
          stops ||= count > 5;
          expect(dispatch.stopped(batch).length > 0).toBe(stops);
        }
        expect(batch.get(quarantineTable, elsewhere)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('a letter of another task holds a subject of ours, of the same stage and an input that it reads, and nobody else', () => {
    const elsewhere = (ours + 1) % tasks;
    const letter = (as: { readonly stage?: string; readonly topic?: string; readonly partition?: number; readonly subject?: string }) =>
      new Map(
        Object.entries({
          [letterHeaders.topic]: as.topic ?? pings.name,
          [letterHeaders.partition]: String(as.partition ?? elsewhere),
          [letterHeaders.offset]: '7',
          [letterHeaders.stage]: as.stage ?? 'watch',
          [letterHeaders.subject]: as.subject ?? 'ann.a',
          [letterHeaders.message]: 'why',
        }).map(([name, text]) => [name, Buffer.from(text)] as const),
      );
    const isHeld = (as: Parameters<typeof letter>[0]): boolean => {
      const { batch, fold } = dispatching();
      fold('', 'x', 5, { input: noticeInput, headers: letter(as) });
      return batch.get(quarantineTable, as.subject ?? 'ann.a') !== undefined;
    };
    const other = ['bob.a', 'bob.b', 'bob.c', 'bob.d', 'bob.e'].find((key) => partitionOf(Buffer.from(key), tasks) !== ours) ?? '';
    expect([
      isHeld({}),
      isHeld({ stage: 'pay' }),
      isHeld({ topic: 'toy.gifts' }),
      isHeld({ partition: ours }),
      isHeld({ subject: other }),
    ]).toEqual([true, false, false, false, false]);
  });
});
