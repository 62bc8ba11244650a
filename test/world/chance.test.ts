import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/world/chance.ts';

const drawn = (chance: Chance, times: number): readonly number[] => Array.from({ length: times }, () => chance.next());

describe('chance', () => {
  it('repeats itself for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(drawn(new Chance(seed, 'a'), 5)).toEqual(drawn(new Chance(seed, 'a'), 5));
      }),
    );
  });

  it('gives neighbours streams of their own', () => {
    expect(drawn(new Chance(1, 'parcel', 1), 5)).not.toEqual(drawn(new Chance(1, 'parcel', 2), 5));
  });

  it('is even: the mean of many draws is near a half', () => {
    const many = drawn(new Chance(9), 20_000);
    expect(Math.abs(many.reduce((sum, one) => sum + one, 0) / many.length - 0.5)).toBeLessThan(0.01);
  });

  it('follows the weights', () => {
    const chance = new Chance(5);
    const heads = Array.from({ length: 10_000 }, () => chance.weighted([['head', 3], ['tail', 1]])).filter((side) => side === 'head'); // prettier-ignore
    expect(Math.abs(heads.length / 10_000 - 0.75)).toBeLessThan(0.02);
  });

  it('keeps whole numbers inside their bounds, both included', () => {
    const chance = new Chance(2);
    expect(new Set(Array.from({ length: 500 }, () => chance.int(3, 5)))).toEqual(new Set([3, 4, 5]));
  });
});
