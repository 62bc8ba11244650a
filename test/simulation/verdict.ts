import type { TimeMode } from '../../src/engine/changelog.ts';
import { compare } from './oracle/compare.ts';
import type { FaultKind } from './fault-kinds.ts';
import { brokenInvariants, commandsOf } from './invariants.ts';
import type { Observed } from './observed.ts';
import { planOf } from './plan.ts';
import { Run } from './run.ts';
import { sameAsClean } from './same-as-clean.ts';

/** How one seed went. */
export interface Verdict {
  readonly seed: number;
  readonly mode: TimeMode;
  readonly partitions: number;
  readonly processes: number;
  /** How often each kind of fault fired. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly commands: number;
  /** In words; empty where all is well. */
  readonly problems: readonly string[];
  /** SHA-256 of all that happened, in its order: the same for the same seed. */
  readonly trace: string;
}

/** Runs one seed and judges what it left. `seen` is given what the oracle judges. */
export const verdictOf = async (seed: number, seen: (observed: Observed) => void = () => {}): Promise<Verdict> => {
  const plan = planOf(seed);
  const { observed, faults, problems, trace } = await new Run(plan).run();
  seen(observed);
  const found = [...problems, ...brokenInvariants(observed)];
  // What never came to rest can't be held against what should have come of it.
  if (problems.length === 0) {
    found.push(...compare(observed));
    if (plan.mode === 'records' && !observed.weakened.missingAllowed) found.push(...(await sameAsClean(observed)));
  }
  const { mode, partitions, processes } = plan;
  return { seed, mode, partitions, processes, faults: faults.counts, commands: commandsOf(observed).length, problems: found, trace };
};
