import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptText } from '../../src/engine/kept-text.ts';
import { RowTexts } from '../../src/engine/row-texts.ts';

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.nat(9_000).map((length) => 'x'.repeat(length)) },
);
const step = fc.record({
  row: fc.nat(40),
  text: fc.option(text, { nil: undefined }),
  isBytes: fc.boolean(),
});

describe('texts of rows', () => {
  it('are what was set last of each, however often they change and wherever they move', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const texts = new RowTexts();
        const expected = new Map<number, string>();
        for (const { row, text: value, isBytes } of steps) {
          if (value === undefined) texts.remove(row);
          else if (isBytes) {
            const bytes = Buffer.from(`>>${value}<<`);
            expect(texts.set(row, new KeptText(bytes, 2, bytes.length - 2))).toBe(true);
            bytes.fill(0);
          } else expect(texts.set(row, value)).toBe(true);
          if (value === undefined) expected.delete(row);
          else expected.set(row, value);
        }
        for (let row = 0; row <= 40; row += 1) expect(texts.get(row)).toBe(expected.get(row));
      }),
      { numRuns: 200 },
    );
  });

  it('that change all the time take little more room than they need', () => {
    const texts = new RowTexts();
    const rows = 20_000;
    const textOf = (row: number, round: number): string => `${row} `.repeat(20 + ((row * 7 + round) % 13));
    for (let round = 0; round < 8; round += 1)
      for (let row = 0; row < rows; row += 1) texts.set((row * 7_919) % rows, textOf((row * 7_919) % rows, round));
    let needed = 0;
    for (let row = 0; row < rows; row += 1) {
      expect(texts.get(row)).toBe(textOf(row, 7));
      needed += textOf(row, 7).length;
    }
    expect(texts.reservedBytes / needed).toBeLessThan(1.6);
  });

  it('give back what rows had that are gone', () => {
    const texts = new RowTexts();
    for (let row = 0; row < 20_000; row += 1) texts.set(row, 'x'.repeat(100));
    const before = texts.reservedBytes;
    for (let row = 100; row < 20_000; row += 1) texts.remove(row);
    for (let round = 0; round < 100; round += 1) for (let row = 0; row < 100; row += 1) texts.set(row, 'y'.repeat(100));
    expect(texts.reservedBytes).toBeLessThan(before / 2);
    expect(texts.get(99)).toBe('y'.repeat(100));
  });

  it.each([
    ['is larger than a segment has room for', 'x'.repeat(1_000_000)],
    ['has no UTF-8', 'a \ud800 alone'],
  ])('refuse one that %s, and have none of that row', (_, value) => {
    const texts = new RowTexts();
    texts.set(1, 'before');
    expect(texts.set(1, value)).toBe(false);
    expect(texts.get(1)).toBeUndefined();
  });
});
