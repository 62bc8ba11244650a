import { durationMs } from '../formats/duration.ts';

/** What every detector that concludes from silence has among its settings. */
export const commonSettings = {
  /**
   * How much longer than its deadline silence must last before it counts. Default PT1M: covers records on their way into
   * the log while the deadline passes; chosen, not measured.
   */
  proofGrace: durationMs.prefault('PT1M'),
};
