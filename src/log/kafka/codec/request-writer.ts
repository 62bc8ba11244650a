import { writeInt64 } from './int64.ts';

/** Writes the fields of a request, one after the other. Names as in Kafka's protocol guide. */
export class RequestWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(expectedBytes = 256) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes);
  }

  int8(value: number): this {
    this.#room(1);
    this.#at = this.#bytes.writeInt8(value, this.#at);
    return this;
  }

  bool(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    this.#room(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
    return this;
  }

  int32(value: number): this {
    this.#room(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
    return this;
  }

  int64(value: number): this {
    this.#room(8);
    writeInt64(this.#bytes, value, this.#at);
    this.#at += 8;
    return this;
  }

  nullableString(value: string | null): this {
    if (value === null) return this.int16(-1);
    const length = Buffer.byteLength(value);
    return this.int16(length).#text(value, length);
  }

  string(value: string): this {
    return this.nullableString(value);
  }

  /** Bytes with their length before them; a record set is written so too. */
  bytes(value: Buffer): this {
    this.int32(value.length).#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** A varint without sign, as flexible versions use it. */
  unsignedVarint(value: number): this {
    let left = value;
    for (; left >= 0x80; left >>>= 7) this.#byte((left & 0x7f) | 0x80);
    return this.#byte(left);
  }

  compactString(value: string): this {
    const length = Buffer.byteLength(value);
    return this.unsignedVarint(length + 1).#text(value, length);
  }

  compactArray<T>(items: readonly T[] | null, write: (item: T) => void): this {
    this.unsignedVarint(items === null ? 0 : items.length + 1);
    for (const item of items ?? []) write(item);
    return this;
  }

  /** A UUID from its usual form. */
  uuid(value: string): this {
    this.#room(16);
    this.#at += this.#bytes.write(value.replaceAll('-', ''), this.#at, 16, 'hex');
    return this;
  }

  /** The end of a structure in a flexible version: no tagged fields. */
  noTags(): this {
    return this.#byte(0);
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #byte(value: number): this {
    this.#room(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  #text(value: string, length: number): this {
    this.#room(length);
    this.#at += this.#bytes.write(value, this.#at);
    return this;
  }

  #room(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
