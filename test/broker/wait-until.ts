import { setTimeout as wait } from 'node:timers/promises';

/** Waits, in real time, until `condition` holds; throws, naming `what`, when it does not within `forMs`. A condition that throws doesn't hold yet. */
export const waitUntil = async (what: string, condition: () => boolean | Promise<boolean>, forMs = 30_000): Promise<void> => {
  const end = performance.now() + forMs;
  let reason: unknown;
  for (;;) {
    try {
      if (await condition()) return;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    if (performance.now() > end) {
      const last = reason instanceof Error ? `; last: ${reason.message}` : '';
      throw new Error(`still not so after ${forMs} ms: ${what}${last}`, { cause: reason });
    }
    await wait(50);
  }
};
