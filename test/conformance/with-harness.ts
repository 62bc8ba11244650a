import type { Harness, MakeHarness } from './harness.ts';

/** The body of a test with a fresh harness, closed afterwards. */
export const withHarness = (make: MakeHarness) => (test: (harness: Harness) => Promise<void>) => async (): Promise<void> => {
  const harness = await make();
  try {
    await test(harness);
  } finally {
    await harness.close();
  }
};
