import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationInWords, parseDurationMs } from '../../src/values/duration.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/values/time.ts';

test.each([
  ['PT0S', 0],
  ['PT2H', 2 * hourMs],
  ['P1DT12H', 36 * hourMs],
  ['P2W', 14 * dayMs],
  ['PT90M', 90 * minuteMs],
  ['P1W2DT3H4M5S', 9 * dayMs + 3 * hourMs + 4 * minuteMs + 5 * secondMs],
])('%s lasts %d ms', (duration, ms) => {
  expect(parseDurationMs(duration)).toBe(ms);
});

test.each(['P1M', 'P1Y', 'P2Y3M4D', 'P1MT2H'])('%s is refused because months and years have no fixed length', (duration) => {
  expect(() => parseDurationMs(duration)).toThrow(/no fixed length/);
});

test.each(['', 'P', 'PT', '2H', 'PT2', 'PT1.5H', '-PT2H', 'P2DT', 'pt2h', ' PT2H', '2 hours', 'P99999999999999999W'])(
  '"%s" is refused with what would be right',
  (duration) => {
    expect(() => parseDurationMs(duration)).toThrow(RangeError);
  },
);

test('every duration of whole units is their sum', () => {
  const count = fc.nat(10_000);
  fc.assert(
    fc.property(count, count, count, count, (days, hours, minutes, seconds) => {
      expect(parseDurationMs(`P${days}DT${hours}H${minutes}M${seconds}S`)).toBe(
        days * dayMs + hours * hourMs + minutes * minuteMs + seconds * secondMs,
      );
    }),
  );
});

test.each([
  [2 * hourMs, '2 hours'],
  [dayMs, '1 day'],
  [3 * dayMs + 4 * hourMs + 5 * minuteMs, '3 days 4 hours'],
  [dayMs + 5 * minuteMs, '1 day'],
  [0, 'no time'],
  [999, 'less than a second'],
])('%d ms reads "%s"', (ms, words) => {
  expect(durationInWords(ms)).toBe(words);
});
