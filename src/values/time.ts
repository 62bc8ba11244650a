/** Milliseconds since 1970, UTC. Branded so that a duration can't be passed for a point in time. */
export type Instant = number & { readonly unit: 'ms since 1970, UTC' };

/** The only way to know or wait for time: real in a service, driven in tests, replay and simulation. */
export interface Clock {
  now(): Instant;
  /**
   * Resolves after `forMs` milliseconds of this clock, or at once when `signal` aborts; never rejects. A wait in the
   * `background` (a heartbeat) does not keep the process alive.
   */
  wait(forMs: number, signal?: AbortSignal, as?: 'background'): Promise<void>;
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** `ms` since 1970 as an instant. */
export const instant = (ms: number): Instant => ms as Instant;

/** The instant `ms` milliseconds after `at` (before it, when negative). */
export const after = (at: Instant, ms: number): Instant => (at + ms) as Instant;

/** The earlier of two instants, where either may be missing. */
export const earliest = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined || a < b ? a : b;

/** Before everything that can happen. */
export const never = Number.NEGATIVE_INFINITY as Instant;
