import { describe, expect, inject, it } from 'vitest';
import { javaFiles } from './java-files.ts';
import type { Broker } from './start-broker.ts';

/** What stands for a suite that can't run, and why: a test that fails where `CI` is set, else one that is skipped. */
const tellMissing = (missing: readonly string[]): void => {
  it.skipIf(!process.env['CI'])('has what it needs', () => expect(missing).toEqual([]));
};

/** A suite on the broker that this run shares. Without one it is skipped, which the banner of the run says; where `CI` is set it fails. */
export const describeBroker = (name: string, suite: (broker: Pick<Broker, 'via' | 'brokers'>) => void): void => {
  const broker = inject('broker');
  // oxlint-disable-next-line vitest/valid-title -- the name is the caller's
  describe(name, () => {
    if (broker.via === 'none') tellMissing(broker.reasons);
    else suite(broker);
  });
};

/** A suite that starts brokers of its own, by Java and Maven; without those it is skipped, and fails where `CI` is set. */
export const describeJava = async (name: string, suite: () => void): Promise<void> => {
  const missing = await javaFiles().then(
    () => [],
    (error: unknown) => [String(error)],
  );
  // oxlint-disable-next-line vitest/valid-title -- the name is the caller's
  describe(name, () => {
    if (missing.length > 0) tellMissing(missing);
    else suite();
  });
};
