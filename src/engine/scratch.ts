const firstBytes = 64 * 1024;
const mostBytes = 4 * 1024 * 1024;

/**
 * Bytes for the records of one batch, cut from a slab that the next batch uses again: a buffer of its own for each row
 * would be most of what the collector has to look after. Only for what is not read any more once `reset` is called.
 */
export class Scratch {
  #slab = Buffer.allocUnsafeSlow(firstBytes);
  #at = 0;

  /** What was written may be overwritten from here on. */
  reset(): void {
    this.#at = 0;
  }

  /** Key and value in UTF-8. Both are written in one call, which costs more than the copying. */
  write(key: string, value: string): { readonly key: Buffer; readonly value: Buffer } {
    const text = key + value;
    // A UTF-16 unit takes three bytes at most.
    this.#makeRoom(3 * text.length);
    const from = this.#at;
    const end = from + this.#slab.write(text, from);
    // As many bytes as units: all is ASCII, and the key ends where its units do.
    const middle = from + (end - from === text.length ? key.length : Buffer.byteLength(key));
    this.#at = end;
    return { key: this.#slab.subarray(from, middle), value: this.#slab.subarray(middle, end) };
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#slab.length) return;
    this.#slab = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(mostBytes, 2 * this.#slab.length)));
    this.#at = 0;
  }
}
