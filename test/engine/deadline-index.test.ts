import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deadline } from '../../src/engine/deadline-index.ts';
import { DeadlineIndex } from '../../src/engine/deadline-index.ts';

/** Few deadlines and few instants, so that they meet: `at` 0 to 9, or never. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('schedule' as const), row: fc.nat(5), at: fc.oneof(fc.nat(9), fc.constant(Infinity)) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), row: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('first' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
);

const inOrder = (a: Deadline, b: Deadline): number =>
  a.wakeAt - b.wakeAt || (a.table < b.table ? -1 : a.table > b.table ? 1 : a.key < b.key ? -1 : 1);

describe('the index of deadlines', () => {
  it('gives what a sorted list gives, however deadlines move, and its bound is never later than the truth', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const index = new DeadlineIndex();
        const rows = Array.from({ length: 6 }, (_, at): Deadline => ({
          table: at % 2 ? 'b' : 'a',
          key: `k${at % 3}`,
          wakeAt: Infinity,
          entryAt: Infinity,
        }));
        const scheduled = new Set<Deadline>();
        const least = (): Deadline | undefined => [...scheduled].sort(inOrder)[0];
        for (const each of steps) {
          const row = 'row' in each ? rows[each.row] : undefined;
          if (row && each.kind === 'schedule') {
            row.wakeAt = each.at;
            index.schedule(row);
            if (each.at === Infinity) scheduled.delete(row);
            else scheduled.add(row);
          } else if (row) {
            // How a deleted row leaves the index: nobody tells it.
            row.wakeAt = Infinity;
            scheduled.delete(row);
          } else {
            expect(index.first()).toBe(least());
            if (each.kind === 'take') {
              const taken = least();
              index.removeFirst();
              if (taken) scheduled.delete(taken);
            }
          }
          expect(index.bound).toBeLessThanOrEqual(least()?.wakeAt ?? Infinity);
        }
        while (scheduled.size > 0) {
          const first = least();
          expect(index.first()).toBe(first);
          index.removeFirst();
          if (first) scheduled.delete(first);
        }
        expect(index.first()).toBeUndefined();
        expect(index.bound).toBe(Infinity);
      }),
      { numRuns: 400 },
    );
  });
});
