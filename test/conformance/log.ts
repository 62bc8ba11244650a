import { describe } from 'vitest';
import { appendingConformance } from './appending.ts';
import { faultConformance } from './faults.ts';
import type { MakeHarness } from './harness.ts';
import { membershipConformance } from './membership.ts';
import { readingConformance } from './reading.ts';
import { transactionConformance } from './transactions.ts';

/** What every log must do, whatever stands behind the port. `concurrent`: several tests at once, where each waits in real time. */
export const logConformance = (name: string, makeHarness: MakeHarness, options: { readonly concurrent?: boolean } = {}): void => {
  describe(`${name} behind the port`, options, () => {
    appendingConformance(makeHarness);
    readingConformance(makeHarness);
    transactionConformance(makeHarness);
    faultConformance(makeHarness);
    membershipConformance(makeHarness);
  });
};
