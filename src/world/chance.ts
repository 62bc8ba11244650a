import { invariant } from '../values/invariant.ts';

/** FNV-1a, 32 bit: spreads neighbouring seeds and names apart. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
};

/**
 * Chance from a seed (mulberry32, Tommy Ettinger, public domain). Every case of the world has a stream of its own, so that
 * one more parcel doesn't change all the others.
 */
export class Chance {
  #state: number;

  constructor(...seed: readonly (string | number)[]) {
    this.#state = hashOf(seed.join('/'));
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** In [from, below). */
  between(from: number, below: number): number {
    return from + this.next() * (below - from);
  }

  /** A whole number in [from, to]. */
  int(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  /** Waiting times: many short, few long. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** One of `choices`, each as likely as the others. */
  pick<T>(choices: readonly T[]): T {
    const picked = choices[Math.floor(this.next() * choices.length)];
    invariant(picked !== undefined, 'something to pick from');
    return picked;
  }

  /** One of `choices`, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [choice: T, weight: number])[]): T {
    let left = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) if ((left -= weight) < 0) return choice;
    return this.pick(choices)[0];
  }
}
