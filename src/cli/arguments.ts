import { InvalidArgumentError } from 'commander';
import type { Instant } from '../values/time.ts';
import { instant } from '../values/time.ts';

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** A time with a zone, typed as an option. Throws commander's InvalidArgumentError. */
export const timeArgument = (typed: string): Instant => {
  const ms = isoTime.test(typed) ? Date.parse(typed) : Number.NaN;
  if (!Number.isFinite(ms)) throw new InvalidArgumentError('expected a time with its zone, such as 2018-09-01T00:00:00Z');
  return instant(ms);
};

/** A whole number from 1 to `most`, typed as an option. Throws commander's InvalidArgumentError. */
export const countArgument =
  (most: number) =>
  (typed: string): number => {
    const count = /^\d{1,9}$/.test(typed) ? Number(typed) : 0;
    if (count < 1 || count > most) throw new InvalidArgumentError(`expected a whole number from 1 to ${most}`);
    return count;
  };

/** As much text as a record of the switch takes, typed as an option. Throws commander's InvalidArgumentError. */
export const textArgument = (typed: string): string => {
  const text = typed.trim();
  if (text === '' || text.length > 500) throw new InvalidArgumentError('expected 1 to 500 characters');
  return text;
};
