import type { Clock } from '../../values/time.ts';

/**
 * Resolves once `losing` has ended, one way or the other, or `forMs` have passed, or one of `over` has aborted: tasks are given
 * up also where losing them fails, and the next owner fences whatever still runs.
 */
export const loseWithin = async (clock: Clock, forMs: number, losing: Promise<void>, over: readonly AbortSignal[]): Promise<void> => {
  const done = new AbortController();
  const bound = clock.wait(forMs, AbortSignal.any([done.signal, ...over]), 'background');
  await Promise.race([bound, losing.catch(() => undefined)]);
  done.abort();
};
