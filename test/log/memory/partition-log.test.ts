import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../../src/engine/log.ts';
import { Chunk } from '../../../src/log/memory/chunk.ts';
import { PartitionLog } from '../../../src/log/memory/partition-log.ts';
import { after, dayMs, instant } from '../../../src/values/time.ts';

const start = instant(0);

const row = (key: string, value: string | null): Outgoing => ({
  topic: 't',
  partition: 0,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  timestamp: start,
});

const seen = (log: PartitionLog, from = log.first): readonly (readonly [number, string, string | null])[] =>
  log.read(from, Infinity).records.map(({ offset, key, value }) => [offset, key?.toString() ?? '', value?.toString() ?? null]);

/** What a partition must show, kept in the plainest way. */
class Model {
  readonly kept: { offset: number; key: string; value: string | null; transaction: number | undefined }[] = [];
  readonly starts = new Map<number, number>();
  first = 0;
  high = 0;

  get stable(): number {
    return Math.min(this.high, ...this.starts.values());
  }

  visible(from: number): readonly (readonly [number, string, string | null])[] {
    return this.kept
      .filter(({ offset }) => offset >= Math.max(from, this.first) && offset < this.stable)
      .map(({ offset, key, value }) => [offset, key, value]);
  }

  compact(): void {
    const { stable, first } = this;
    const isSuperseded = ({ offset, key }: { offset: number; key: string }): boolean =>
      offset < stable && this.kept.some((other) => other.key === key && other.offset > offset && other.offset < stable);
    const left = this.kept.filter((each) => each.offset >= first && !isSuperseded(each));
    this.kept.splice(0, this.kept.length, ...left);
  }
}

type Step =
  | { readonly kind: 'append'; readonly transaction: number | undefined; readonly rows: readonly (readonly [string, string | null])[] }
  | { readonly kind: 'end'; readonly transaction: number; readonly isCommitted: boolean }
  | { readonly kind: 'trim'; readonly share: number }
  | { readonly kind: 'compact' };

const transaction = fc.integer({ min: 0, max: 2 });
const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', ''), fc.option(fc.string({ maxLength: 6 }))), {
  minLength: 1,
  maxLength: 4,
});
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('append' as const), transaction: fc.option(transaction, { nil: undefined }), rows }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), transaction, isCommitted: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('trim' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const) }) },
  ),
  { maxLength: 60 },
);

const transactions = [{ name: 'one' }, { name: 'two' }, { name: 'three' }];

const play = (step: Step, log: PartitionLog, model: Model): void => {
  if (step.kind === 'append') {
    log.append(
      step.rows.map(([key, value]) => row(key, value)),
      start,
      undefined,
      step.transaction === undefined ? undefined : transactions[step.transaction],
    );
    if (step.transaction !== undefined && !model.starts.has(step.transaction)) model.starts.set(step.transaction, model.high);
    for (const [key, value] of step.rows) {
      model.kept.push({ offset: model.high, key, value, transaction: step.transaction });
      model.high += 1;
    }
  } else if (step.kind === 'end') {
    log.end(transactions[step.transaction] ?? {}, step.isCommitted, start);
    model.starts.delete(step.transaction);
    model.high += 1;
    const left = model.kept.filter((each) => step.isCommitted || each.transaction !== step.transaction);
    model.kept.splice(
      0,
      model.kept.length,
      ...left.map((each) => (each.transaction === step.transaction ? { ...each, transaction: undefined } : each)),
    );
  } else if (step.kind === 'trim') {
    const offset = Math.round(step.share * model.high);
    log.trim(offset);
    model.first = Math.max(model.first, Math.min(offset, model.stable));
  } else {
    log.compact(start);
    model.compact();
  }
};

describe('a partition', () => {
  it('shows what a plain model of it shows, whatever is done to it in whatever order', () => {
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (played, share) => {
        const log = new PartitionLog('t', 0, false);
        const model = new Model();
        for (const step of played) {
          play(step, log, model);
          expect(log.ends()).toEqual({ first: model.first, stable: model.stable, high: model.high });
          expect(seen(log)).toEqual(model.visible(0));
        }
        const from = Math.max(log.first, Math.round(share * log.high));
        expect(seen(log, from)).toEqual(model.visible(from));
      }),
      { numRuns: 500 },
    );
  });

  it('is read on from where a read stopped, without a loss, whatever fits into a read', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 200 }), (played, bytes) => {
        const log = new PartitionLog('t', 0, false);
        const model = new Model();
        for (const step of played) play(step, log, model);
        const offsets: number[] = [];
        for (let next = log.first; next < log.stable;) {
          const read = log.read(next, bytes);
          expect(read.next).toBeGreaterThan(next);
          offsets.push(...read.records.map(({ offset }) => offset));
          next = read.next;
        }
        expect(offsets).toEqual(model.visible(0).map(([offset]) => offset));
      }),
    );
  });

  it('keeps thousands of records over chunks, and finds any of them again', () => {
    const log = new PartitionLog('t', 0, false);
    const big = 'x'.repeat(700_000);
    for (let index = 0; index < 5_000; index += 1) log.append([row(`k${index}`, index % 1_000 === 500 ? big : `v${index}`)], start);
    expect(seen(log).map(([offset, key]) => [offset, key])).toEqual(Array.from({ length: 5_000 }, (_, index) => [index, `k${index}`]));
    for (const offset of [0, 1, 499, 500, 501, 1_023, 1_024, 2_047, 4_999]) expect(log.read(offset, 1).records[0]?.offset).toBe(offset);
    log.trim(4_321);
    expect(log.read(log.first, 1).records[0]?.key?.toString()).toBe('k4321');
  });

  it('gives back what it was given, whatever its sender does to its buffers afterwards', () => {
    const log = new PartitionLog('t', 0, false);
    const value = Buffer.from('before');
    log.append([{ ...row('k', ''), value }], start);
    value.fill(0);
    expect(seen(log)).toEqual([[0, 'k', 'before']]);
  });
});

describe('a compacted partition', () => {
  const keyOf = (index: number): string => `row ${index % 1_000}`;

  it('stays bounded under a hundred thousand updates, and keeps the last of each key', () => {
    const log = new PartitionLog('t', 0, true);
    let most = 0;
    for (let index = 0; index < 100_000; index += 500) {
      log.append(
        Array.from({ length: 500 }, (_, at) => row(keyOf(index + at), String(index + at))),
        start,
      );
      if (index % 10_000 === 0) most = Math.max(most, seen(log).length);
    }
    expect(most).toBeLessThanOrEqual(1_000 + 4_000 + 500);
    const last = new Map(seen(log).map(([, key, value]) => [key, value]));
    expect(last.size).toBe(1_000);
    for (let index = 99_000; index < 100_000; index += 1) expect(last.get(keyOf(index))).toBe(String(index));
    expect(log.ends()).toEqual({ first: 0, stable: 100_000, high: 100_000 });
  });

  it('leaves what is at or past the first open transaction as it is', () => {
    const log = new PartitionLog('t', 0, true);
    const open = {};
    log.append([row('a', '1'), row('a', '2')], start);
    log.append([row('a', 'open')], start, undefined, open);
    for (let index = 0; index < 10_000; index += 1) log.append([row('a', String(index))], start);
    expect(seen(log)).toEqual([[1, 'a', '2']]);
    log.end(open, true, start);
    log.compact(start);
    expect(seen(log)).toEqual([[10_002, 'a', '9999']]);
  });

  it('does not count what was aborted as the last of its key', () => {
    const log = new PartitionLog('t', 0, true);
    const open = {};
    log.append([row('a', 'good')], start);
    log.append([row('a', 'bad')], start, undefined, open);
    log.end(open, false, start);
    log.compact(start);
    expect(seen(log)).toEqual([[0, 'a', 'good']]);
  });

  it('keeps a deletion readable for a week, then drops it, and what it deleted never comes back', () => {
    const log = new PartitionLog('t', 0, true);
    log.append([row('a', '1'), row('b', '1'), row('a', null)], start);
    log.compact(start);
    expect(seen(log)).toEqual([
      [1, 'b', '1'],
      [2, 'a', null],
    ]);
    log.compact(after(start, 7 * dayMs - 1));
    expect(seen(log)).toHaveLength(2);
    log.append([row('c', null)], after(start, 7 * dayMs - 1));
    log.compact(after(start, 7 * dayMs));
    expect(seen(log)).toEqual([
      [1, 'b', '1'],
      [3, 'c', null],
    ]);
    expect(log.ends()).toEqual({ first: 0, stable: 4, high: 4 });
  });

  it('keeps headers and times with their records', () => {
    const log = new PartitionLog('t', 0, true);
    const headers = new Map([['h', Buffer.from('v')]]);
    log.append([row('a', '1'), { ...row('b', '1'), headers, timestamp: instant(77) }, row('a', '2')], start);
    log.compact(start);
    const [b, a] = log.read(0, Infinity).records;
    expect([b?.timestamp, b?.headers().get('h')?.toString(), a?.headers().size]).toEqual([77, 'v', 0]);
  });

  it('keeps every record that has no key', () => {
    const log = new PartitionLog('t', 0, true);
    const tick = { ...row('', null), key: null };
    log.append([tick, tick, row('', '1'), row('', '2')], start);
    log.compact(start);
    expect(seen(log).map(([offset]) => offset)).toEqual([0, 1, 3]);
  });

  it('tells keys apart whose hashes are the same', () => {
    const chunk = new Chunk(0);
    for (const key of ['costarring', 'liquid']) chunk.push(chunk.length, start, { key: Buffer.from(key), value: null });
    expect(chunk.keyHashAt(0)).toBe(chunk.keyHashAt(1));
    const log = new PartitionLog('t', 0, true);
    log.append([row('costarring', '1'), row('liquid', '1'), row('costarring', '2')], start);
    log.compact(start);
    expect(seen(log)).toEqual([
      [1, 'liquid', '1'],
      [2, 'costarring', '2'],
    ]);
  });
});
