import { invariant } from './invariant.ts';
import type { Clock, Instant } from './time.ts';
import { after, instant } from './time.ts';

/** The longest that a timer of Node can be, in milliseconds (2^31 - 1); a longer one would fire at once. */
const longestTimerMs = 2_147_483_647;

/** The host's clock and timers. */
export const realClock: Clock = {
  now: () => instant(Date.now()),
  wait: (forMs, signal, as) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      let leftMs = forMs;
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const arm = (): void => {
        const nextMs = Math.min(leftMs, longestTimerMs);
        leftMs -= nextMs;
        timer = setTimeout(leftMs > 0 ? arm : done, nextMs);
        if (as === 'background') timer.unref();
      };
      signal?.addEventListener('abort', done, { once: true });
      arm();
    }),
};

interface Waiting {
  readonly deadline: Instant;
  resolve(): void;
}

/** Resolves once everything that could go on without time passing or input arriving has gone on. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A clock that stands still until it is driven: the same program then does the same at the same instants, each time. */
export class DrivenClock implements Clock {
  #now: Instant;
  /** By deadline, and in the order of asking where deadlines are the same. */
  readonly #waiting: Waiting[] = [];

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  wait(forMs: number, signal?: AbortSignal): Promise<void> {
    if (!(forMs > 0) || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting: Waiting = {
        deadline: after(this.#now, forMs),
        resolve: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = (): void => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        waiting.resolve();
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      let at = this.#waiting.length;
      while (at > 0 && (this.#waiting[at - 1]?.deadline ?? 0) > waiting.deadline) at -= 1;
      this.#waiting.splice(at, 0, waiting);
    });
  }

  /** When the first of the waits under way falls due. */
  nextDeadline(): Instant | undefined {
    return this.#waiting[0]?.deadline;
  }

  /**
   * Moves time to `to`, stopping at each deadline on the way until what waited for it has gone as far as it can, so that
   * a loop that waits 2 s at a time goes round five times in 10 s. Throws when `to` lies in the past.
   */
  async advance(to: Instant): Promise<void> {
    invariant(to >= this.#now, 'a clock is never driven backwards');
    await settled();
    for (let deadline = this.nextDeadline(); deadline !== undefined && deadline <= to; deadline = this.nextDeadline()) {
      this.#reach(deadline);
      while (this.nextDeadline() === deadline) this.#waiting.shift()?.resolve();
      await settled();
    }
    this.#reach(to);
  }

  /** Moves time on by `forMs` milliseconds, as `advance` does. */
  advanceBy(forMs: number): Promise<void> {
    return this.advance(after(this.#now, forMs));
  }

  /** Two may drive at once; time still only moves forward. */
  #reach(at: Instant): void {
    if (at > this.#now) this.#now = at;
  }
}
