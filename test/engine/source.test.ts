import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fetched, LogRecord } from '../../src/engine/log.ts';
import { Source } from '../../src/engine/source.ts';
import { input } from '../../src/engine/stage.ts';
import { never } from '../../src/values/time.ts';
import { pings, seconds } from './support/toy.ts';

const source = (next: number): Source =>
  new Source(
    input(pings, () => {}),
    0,
    0,
    next,
  );

const recordAt = (offset: number): LogRecord => ({
  topic: pings.name,
  partition: 0,
  offset,
  timestamp: seconds(offset),
  key: null,
  value: null,
  headers: () => new Map(),
});

const fetched = (offsets: readonly number[], next: number, as: Partial<Fetched> = {}): Fetched => ({
  topic: pings.name,
  partition: 0,
  records: offsets.map(recordAt),
  next,
  first: 0,
  stable: next,
  high: next,
  ...as,
});

/** `has`: which offsets of the next stretch carry a record; the others are control records, aborted, or compacted away. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('take' as const), has: fc.array(fc.boolean(), { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('advance' as const) }),
  fc.record({ kind: fc.constant('commit' as const) }),
  fc.record({ kind: fc.constant('rollback' as const) }),
);

/** The plain truth: every offset below `next` is folded or carries nothing. */
const model = (from: number) => {
  const carrying: number[] = [];
  let fetchedNext = from;
  let next = from;
  let committed = from;
  const waiting = (): readonly number[] => carrying.filter((offset) => offset >= next);
  // Where nothing waits, what was fetched and carries nothing is passed by itself.
  const pass = (): void => {
    const clean = next === committed;
    if (waiting().length > 0) return;
    next = fetchedNext;
    if (clean) committed = next;
  };
  return {
    get next() {
      return next;
    },
    get committed() {
      return committed;
    },
    get fetchedNext() {
      return fetchedNext;
    },
    head: () => waiting()[0],
    take: (has: readonly boolean[]): readonly number[] => {
      const fresh = has.flatMap((carries, at) => (carries ? [fetchedNext + at] : []));
      carrying.push(...fresh);
      fetchedNext += has.length;
      pass();
      return fresh;
    },
    advance: () => {
      const head = waiting()[0];
      if (head === undefined) return;
      next = head + 1;
      if (waiting().length === 0) next = fetchedNext;
    },
    commit: () => {
      committed = next;
    },
    rollback: () => {
      next = committed;
    },
  };
};

describe('a source', () => {
  it('knows how far it is folded, in the batch and committed, in whatever order it is filled, folded, committed and taken back', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.array(step, { maxLength: 60 }), (from, steps) => {
        const real = source(from);
        const plain = model(from);
        let moved = false;
        for (const each of steps) {
          // The engine fetches between batches only.
          if (each.kind === 'take' && !moved) {
            const before = plain.fetchedNext;
            const fresh = plain.take(each.has);
            real.take(fetched(fresh, before + each.has.length));
          } else if (each.kind === 'advance') {
            const head = plain.head();
            moved ||= head !== undefined;
            plain.advance();
            real.advance(head === undefined ? never : seconds(head));
          } else if (each.kind === 'commit') {
            plain.commit();
            real.commit();
            moved = false;
          } else if (each.kind === 'rollback') {
            plain.rollback();
            real.rollback();
            moved = false;
          }
          expect({ next: real.next, committed: real.committedNext, head: real.head()?.offset, moved: real.hasMoved }).toEqual({
            next: plain.next,
            committed: plain.committed,
            head: plain.head(),
            moved,
          });
          expect(real.isEmpty).toBe(plain.head() === undefined);
          for (const high of [0, plain.committed, plain.committed + 1]) expect(real.isPast({ high })).toBe(plain.committed >= high);
          const folded = plain.next > from ? real.last : never;
          expect(real.last).toBe(folded);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is past no end that it was never told', () => {
    expect(source(10).isPast(undefined)).toBe(false);
  });

  it('keeps the latest time it has folded, also where a record is earlier than its partition has come', () => {
    const real = source(0);
    real.take(fetched([0, 1], 2));
    real.advance(seconds(9));
    real.advance(seconds(3));
    real.commit();
    expect(real.last).toBe(seconds(9));
  });

  it('passes over what was trimmed before it was read', () => {
    const real = source(2);
    real.take(fetched([], 7, { first: 7, gap: 'trimmed' }));
    expect([real.next, real.committedNext, real.isPast({ high: 7 })]).toEqual([7, 7, true]);
  });
});
