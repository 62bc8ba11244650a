/** Counts the faults that really fired, says a line of each, and keeps what must not have been. */
export class Tally {
  readonly #startedAt = performance.now();
  /** Which lanes have a fault under way. */
  readonly underWay = new Set<string>();
  readonly #fired = new Map<string, number>();
  readonly #problems: string[] = [];

  /** Seconds since the beginning. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1_000;
  }

  say(what: string): void {
    process.stderr.write(`${this.seconds.toFixed(1).padStart(6)} s  ${what}\n`);
  }

  /** A fault that has met somebody. */
  fire(kind: string, what: string): void {
    this.#fired.set(kind, (this.#fired.get(kind) ?? 0) + 1);
    this.say(`${kind}: ${what}`);
  }

  /** Something that must not be, whatever the audit says. Said once. */
  complain(problem: string): void {
    if (this.#problems.includes(problem)) return;
    this.#problems.push(problem);
    this.say(`PROBLEM: ${problem}`);
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  get total(): number {
    return [...this.#fired.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `kill 12, freeze 9`: the most frequent first. */
  inWords(): string {
    return [...this.#fired]
      .toSorted(([, a], [, b]) => b - a)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ');
  }
}
