import type { FaultKind } from './fault-kinds.ts';
import { Tally } from './fault-kinds.ts';
import type { Verdict } from './verdict.ts';
import { verdictOf } from './verdict.ts';

export interface SimulateOptions {
  /** Run one after the other while `isTimeLeft` says so. */
  readonly seeds: Iterable<number>;
  readonly isTimeLeft?: () => boolean;
  /** Told of each verdict as it falls. */
  readonly each?: (verdict: Verdict) => void;
}

export interface Summary {
  readonly seeds: number;
  readonly failed: readonly Verdict[];
  readonly commands: number;
  /** How often each kind of fault fired, in all seeds. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Problems by what they say is wrong. */
  readonly missing: number;
  readonly twice: number;
  readonly false: number;
}

/** Runs the pipeline once a seed, each with its own world and its own faults, and judges every run. */
export const simulate = async ({ seeds, isTimeLeft = () => true, each = () => {} }: SimulateOptions): Promise<Summary> => {
  const tally = new Tally();
  const failed: Verdict[] = [];
  let count = 0;
  let commands = 0;
  for (const seed of seeds) {
    if (!isTimeLeft()) break;
    const verdict = await verdictOf(seed);
    each(verdict);
    count += 1;
    commands += verdict.commands;
    tally.merge(verdict.faults);
    if (verdict.problems.length > 0) failed.push(verdict);
  }
  const saying = (word: RegExp): number => failed.flatMap(({ problems }) => problems).filter((problem) => word.test(problem)).length;
  return {
    seeds: count,
    failed,
    commands,
    faults: tally.counts,
    missing: saying(/missing|only without faults|is on no topic/),
    twice: saying(/twice/),
    false: saying(/false|only with faults|nobody found/),
  };
};

const number = new Intl.NumberFormat('en-US');

/** The last line: `200 seeds, 0 failed; 12,345 faults of 19 kinds; 4,321 commands, 0 missing, 0 twice, 0 false`. */
export const lastLine = ({ seeds, failed, faults, commands, missing, twice, false: wrong }: Summary): string => {
  const counts = Object.values(faults);
  const fired = counts.reduce((sum, count) => sum + count, 0);
  return (
    `${number.format(seeds)} seeds, ${failed.length} failed; ${number.format(fired)} faults of ${counts.length} kinds; ` +
    `${number.format(commands)} commands, ${missing} missing, ${twice} twice, ${wrong} false`
  );
};
