import { hash } from 'node:crypto';
import type { Instant } from '../../values/time.ts';
import { dayMs, never } from '../../values/time.ts';

const mostIds = 500_000;
const longestMs = dayMs / 2;
const firstSlots = 1_024;
/** Slots are at most half full, so that a look takes a step or two. */
const fullShare = 0.5;

/** 53 bits of the id's SHA-256, which a number holds exactly; never 0, which marks a free slot. Of a million ids, two look alike in 1 of 18,000 cases. */
const fingerprintOf = (id: string): number => {
  const digest = hash('sha256', id, 'buffer');
  return digest.readUInt32LE(0) * 2 ** 21 + (digest.readUInt32LE(4) >>> 11) || 1;
};

/** Fingerprints by open addressing: 8 bytes a slot. */
class Generation {
  #slots = new Float64Array(firstSlots);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  has(fingerprint: number): boolean {
    return this.#slots[this.#slotOf(fingerprint)] === fingerprint;
  }

  add(fingerprint: number): void {
    if (this.#count >= this.#slots.length * fullShare) this.#grow();
    this.#slots[this.#slotOf(fingerprint)] = fingerprint;
    this.#count += 1;
  }

  /** Where it is, or would be. */
  #slotOf(fingerprint: number): number {
    const { length } = this.#slots;
    let at = fingerprint % length;
    while (this.#slots[at] !== 0 && this.#slots[at] !== fingerprint) at = (at + 1) % length;
    return at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(before.length * 2);
    for (const fingerprint of before) if (fingerprint !== 0) this.#slots[this.#slotOf(fingerprint)] = fingerprint;
  }
}

/**
 * Remembers the last 500,000 to 1,000,000 ids, none for longer than a day, in 16 MiB at most: two generations, of which
 * the older is forgotten whole.
 */
export class RecentIds {
  #young = new Generation();
  #old = new Generation();
  #since: Instant = never;
  readonly #most: number;

  /** `most`: how many ids one generation holds. */
  constructor(most = mostIds) {
    this.#most = most;
  }

  /** True when the id was given before and is still remembered; it is remembered from now on. */
  seen(id: string, now: Instant): boolean {
    if (this.#young.count >= this.#most || now - this.#since >= longestMs) {
      this.#old = this.#young;
      this.#young = new Generation();
      this.#since = now;
    }
    const fingerprint = fingerprintOf(id);
    if (this.#young.has(fingerprint)) return true;
    const wasThere = this.#old.has(fingerprint);
    this.#young.add(fingerprint);
    return wasThere;
  }
}
