import type { Instant } from '../../values/time.ts';
import type { Case, Trouble } from '../../world/case.ts';

/** What became of the world's cases, held against the truth that the pipeline never saw. All of it is simulated. */
export interface Reckoning {
  readonly simulated: true;
  readonly parcels: number;
  readonly films: number;
  readonly inTrouble: Readonly<Partial<Record<Trouble, number>>>;
  readonly fine: { readonly cases: number; readonly leftAlone: number };
  readonly calls: {
    /** Helped before the customer would have called; after; and not at all, though the customer has called by now. */
    readonly before: number;
    readonly after: number;
    readonly never: number;
    /** How long before, in the median case of `before`; null where there is none. */
    readonly medianHeadStartMs: number | null;
  };
}

const median = (values: readonly number[]): number | null => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;

/** Compares `helpedAt` (by subject: when the customer first got something) with the truth, for the cases that have begun by `now`. */
export const reckon = (of: {
  readonly cases: readonly Case[];
  readonly helpedAt: ReadonlyMap<string, Instant>;
  readonly now: Instant;
}): Reckoning => {
  const { helpedAt, now } = of;
  const cases = of.cases.filter(({ beginsAt }) => beginsAt <= now);
  const inTrouble: Partial<Record<Trouble, number>> = {};
  const fine = { cases: 0, leftAlone: 0 };
  const calls = { before: 0, after: 0, never: 0 };
  const headStarts: number[] = [];
  for (const { subject, trouble, wouldCallAt } of cases) {
    const helped = helpedAt.get(subject);
    if (trouble === undefined) {
      fine.cases += 1;
      if (helped === undefined) fine.leftAlone += 1;
      continue;
    }
    inTrouble[trouble] = (inTrouble[trouble] ?? 0) + 1;
    if (wouldCallAt === undefined) continue;
    if (helped !== undefined && helped < wouldCallAt) {
      calls.before += 1;
      headStarts.push(wouldCallAt - helped);
    } else if (helped !== undefined) calls.after += 1;
    else if (wouldCallAt <= now) calls.never += 1;
  }
  return {
    simulated: true,
    parcels: cases.filter(({ kind }) => kind === 'parcel').length,
    films: cases.filter(({ kind }) => kind === 'film').length,
    inTrouble: Object.fromEntries(Object.entries(inTrouble).sort(([a], [b]) => (a < b ? -1 : 1))),
    fine,
    calls: { ...calls, medianHeadStartMs: median(headStarts) },
  };
};
