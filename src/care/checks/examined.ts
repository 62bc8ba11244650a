import type { Check } from '../../topics/decisions.ts';
import type { StepState } from '../cases/case.ts';
import type { NumberedStep } from '../ladder/numbered.ts';
import type { Ruled } from '../situation.ts';

/** A check that was made. `otherwise`: what becomes of the step where it did not pass. */
export interface Examined {
  readonly check: Check;
  readonly otherwise: StepState;
}

/** Looks at one thing; undefined where there is nothing to look at. `ladder` is the whole one that the step stands in. */
export type Examine = (of: Ruled, step: NumberedStep, ladder: readonly NumberedStep[]) => Examined | undefined;

/** A check's result. */
export const examined = (
  check: string,
  saw: string | number,
  needed: string | number,
  passed: boolean,
  otherwise: StepState = 'nothing',
): Examined => ({
  check: { check, saw, needed, passed },
  otherwise,
});
