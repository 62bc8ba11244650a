import { describe, expect, it } from 'vitest';
import type { FaultKind } from './fault-kinds.ts';
import { faultKinds } from './fault-kinds.ts';
import { keptSeeds } from './kept-seeds.ts';
import { lastLine, simulate } from './simulate.ts';
import { verdictOf } from './verdict.ts';

const minutesMs = 60_000;

const failures = (verdicts: readonly { readonly seed: number; readonly problems: readonly string[] }[]): readonly string[] =>
  verdicts.flatMap(({ seed, problems }) => problems.map((problem) => `npm run simulate -- --seed ${seed}: ${problem.slice(0, 400)}`));

describe('the pipeline under seeded faults', () => {
  it(
    'orders all that it should and nothing else, while every kind of fault really fires',
    async () => {
      const summary = await simulate({ seeds: Array.from({ length: 40 }, (_, index) => index + 1) });
      expect(failures(summary.failed)).toEqual([]);
      const silent = (Object.keys(faultKinds) as FaultKind[]).filter((kind) => summary.faults[kind] === undefined);
      expect(silent).toEqual([]);
      expect(summary.commands).toBeGreaterThan(300);
    },
    2 * minutesMs,
  );

  it(
    'keeps right the seeds that once found a bug',
    async () => {
      const summary = await simulate({ seeds: keptSeeds.map(({ seed }) => seed) });
      expect(failures(summary.failed)).toEqual([]);
    },
    minutesMs,
  );

  it(
    'does the same again for the same seed, request by request',
    async () => {
      for (const seed of [2, 5, 23]) {
        const [once, again] = [await verdictOf(seed), await verdictOf(seed)];
        expect(again).toEqual(once);
        expect(again.trace).toMatch(/^[0-9a-f]{64}$/);
      }
    },
    minutesMs,
  );
});

describe('the last line of a simulation', () => {
  it('says how many seeds failed, what fired, and what was ordered', () => {
    expect(
      lastLine({
        seeds: 200,
        failed: [],
        faults: { 'crash at end': 12_000, 'the log stalls': 345 },
        commands: 4_321,
        missing: 0,
        twice: 0,
        false: 0,
      }),
    ).toBe('200 seeds, 0 failed; 12,345 faults of 2 kinds; 4,321 commands, 0 missing, 0 twice, 0 false');
  });
});
