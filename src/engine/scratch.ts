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

  /** The three texts in UTF-8, one behind the other: to join them first would copy each once more. */
  write(head: string, middle: string, tail: string): Buffer {
    // A UTF-16 unit takes three bytes at most.
    const most = 3 * (head.length + middle.length + tail.length);
    if (this.#at + most > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(most, Math.min(mostBytes, 2 * this.#slab.length)));
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += this.#slab.write(head, from);
    this.#at += this.#slab.write(middle, this.#at);
    if (tail) this.#at += this.#slab.write(tail, this.#at);
    return this.#slab.subarray(from, this.#at);
  }
}
