import type { DrivenClock } from '../../src/values/clock.ts';
import type { Clock, Instant } from '../../src/values/time.ts';
import { after } from '../../src/values/time.ts';

/** The clock of one host: the broker's, and what it is ahead of that. */
export class HostClock implements Clock {
  readonly #clock: DrivenClock;
  readonly #asked: () => void;
  aheadMs = 0;

  /** `asked` is called whenever somebody reads the clock while it is ahead. */
  constructor(clock: DrivenClock, asked: () => void) {
    this.#clock = clock;
    this.#asked = asked;
  }

  now(): Instant {
    if (this.aheadMs !== 0) this.#asked();
    return after(this.#clock.now(), this.aheadMs);
  }

  wait(forMs: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.wait(forMs, signal);
  }
}
