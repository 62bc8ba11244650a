import type { Chunk } from './chunk.ts';

/** Keys that have been seen, by where: a hash table with open addressing, which is less than half full. */
export class SeenKeys {
  readonly #chunks: readonly Chunk[];
  readonly #mask: number;
  /** Chunk and place in it, each plus 1; 0: free. */
  readonly #chunkOf: Uint32Array;
  readonly #indexOf: Uint16Array;

  /** `records`: at most so many keys. */
  constructor(chunks: readonly Chunk[], records: number) {
    const slots = 2 ** Math.ceil(Math.log2(2 * records + 2));
    this.#chunks = chunks;
    this.#mask = slots - 1;
    this.#chunkOf = new Uint32Array(slots);
    this.#indexOf = new Uint16Array(slots);
  }

  /** True when the key of that record had not been seen. It has now. */
  add(at: number, index: number): boolean {
    const chunk = this.#chunks[at];
    if (!chunk) return false;
    for (let slot = mix(chunk.keyHashAt(index)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const seenIn = this.#chunks[(this.#chunkOf[slot] ?? 0) - 1];
      if (!seenIn) {
        this.#chunkOf[slot] = at + 1;
        this.#indexOf[slot] = index;
        return true;
      }
      if (chunk.hasSameKey(index, seenIn, this.#indexOf[slot] ?? 0)) return false;
    }
  }
}

/** Brings the high bits of a hash into the low ones, which choose the slot. */
const mix = (hash: number): number => hash ^ (hash >>> 15);
