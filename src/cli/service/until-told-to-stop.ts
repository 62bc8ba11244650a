import type { Clock } from '../../values/time.ts';

/** How the machinery tells a process to stop: SIGTERM by an orchestrator, SIGINT by Ctrl-C. */
export type StopSignal = 'SIGTERM' | 'SIGINT';

/** Where such signals come from: `process`, but in tests. */
export interface Signals {
  on(name: StopSignal, listener: () => void): unknown;
  off(name: StopSignal, listener: () => void): unknown;
}

const names: readonly StopSignal[] = ['SIGTERM', 'SIGINT'];

/**
 * Runs `work` under a signal that aborts when the process is told to stop, and waits `withinMs` for it then. `cut short`:
 * that was not enough, or the process was told a second time; the work may still go on, and the process has to be ended.
 * Rejects with what `work` rejects with.
 */
export const untilToldToStop = async (
  work: (signal: AbortSignal) => Promise<void>,
  { signals, clock, withinMs }: { readonly signals: Signals; readonly clock: Clock; readonly withinMs: number },
): Promise<'done' | 'cut short'> => {
  const told = new AbortController();
  const over = new AbortController();
  let cutShort: () => void = () => {};
  const bound = new Promise<'cut short'>((resolve) => {
    cutShort = () => resolve('cut short');
  });
  const hear = (): void => {
    if (told.signal.aborted) cutShort();
    else {
      told.abort();
      void clock.wait(withinMs, over.signal, 'background').then(() => cutShort());
    }
  };
  for (const name of names) signals.on(name, hear);
  try {
    return await Promise.race([work(told.signal).then(() => 'done' as const), bound]);
  } finally {
    over.abort();
    for (const name of names) signals.off(name, hear);
  }
};
