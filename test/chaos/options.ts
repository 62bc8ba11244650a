import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** What was typed after `npm run chaos --`. */
export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly brokers: 1 | 3;
}

const usage = 'usage: npm run chaos -- --minutes M [--seed S] [--brokers 1|3]';

/** Reads the arguments; without a seed it is a fresh one. Throws, with the usage, where they can't be understood. */
export const chaosOptions = (typed: readonly string[]): ChaosOptions => {
  const { values } = parseArgs({
    args: [...typed],
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, brokers: { type: 'string', default: '3' } },
  });
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
  const brokers = Number(values.brokers);
  if (!(minutes > 0) || !Number.isInteger(seed) || (brokers !== 1 && brokers !== 3)) throw new Error(usage);
  return { minutes, seed, brokers };
};
