import type { Clock } from '../../values/time.ts';

const firstPauseMs = 50;
const longestPauseMs = 250;

/** Does `work` again after a pause while what it throws `isPassing`, for `forMs` at most; then throws that. */
export const patiently = async <T>(
  clock: Clock,
  forMs: number,
  work: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
): Promise<T> => {
  const untilMs = clock.now() + forMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs))
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || clock.now() + pauseMs >= untilMs) throw error;
      await clock.wait(pauseMs);
    }
};
