import { dayMs, hourMs, minuteMs, secondMs } from './time.ts';

const shape = /^P(?=[\dT])(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
/** Years and months before the T: well formed, but of no fixed length. */
const calendar = /^P(?:\d+Y|\d+M|\d+Y\d+M)/;

/**
 * An ISO 8601 duration of fixed length (`PT2H`, `P1DT12H`, `P2W`) in ms. Throws a RangeError that says what is wrong:
 * years and months are refused, because they have no fixed length; so are fractions and signs.
 */
export const parseDurationMs = (duration: string): number => {
  const parts = shape.exec(duration);
  if (parts === null) {
    if (calendar.test(duration))
      throw new RangeError(`"${duration}" has years or months, which have no fixed length: say it in days (P30D) or weeks (P4W)`);
    throw new RangeError(`"${duration}" is no ISO 8601 duration such as PT2H (two hours), P3D (three days) or P1DT12H`);
  }
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const ms = weeks * 7 * dayMs + days * dayMs + hours * hourMs + minutes * minuteMs + seconds * secondMs;
  if (!Number.isSafeInteger(ms)) throw new RangeError(`"${duration}" is too long`);
  return ms;
};

const units = [
  ['day', dayMs],
  ['hour', hourMs],
  ['minute', minuteMs],
  ['second', secondMs],
] as const;

/** `ms` in plain English, in the two largest units it has: `2 hours`, `3 days 4 hours`, `less than a second`. Rounded down; the sign is dropped. */
export const durationInWords = (ms: number): string => {
  let left = Math.abs(ms);
  const words: string[] = [];
  for (const [unit, unitMs] of units) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0 && words.length < 2) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
    else if (words.length > 0) break;
  }
  return words.join(' ') || (ms === 0 ? 'no time' : 'less than a second');
};
