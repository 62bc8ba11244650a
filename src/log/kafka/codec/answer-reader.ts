import { AnswerUnreadable } from './answer-unreadable.ts';
import { readInt64 } from './int64.ts';

/** Reads the fields of an answer, one after the other; throws AnswerUnreadable past its end. Names as in Kafka's protocol guide. */
export class AnswerReader {
  readonly #apiName: string;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(apiName: string, bytes: Buffer) {
    this.#apiName = apiName;
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#past(1));
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#past(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#past(4));
  }

  /** An offset or an id: it fits a number exactly, or the answer is unreadable. */
  int64(): number {
    const value = readInt64(this.#bytes, this.#past(8));
    if (!Number.isSafeInteger(value)) throw new AnswerUnreadable(this.#apiName, `${value} is no offset, id or time`);
    return value;
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.#text(length);
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  /** Of each item what `read` gives; a null array has none. */
  array<T>(read: () => T): T[] {
    return this.#items(this.int32(), read);
  }

  /** Items that have items themselves, in one list. */
  flatArray<T>(read: () => readonly T[]): T[] {
    return this.array(read).flat();
  }

  unsignedVarint(): number {
    let value = 0;
    for (let scale = 1, byte = 0x80; byte >= 0x80; scale *= 128) {
      if (scale > 0x1000_0000) throw new AnswerUnreadable(this.#apiName, 'a number has more than 32 bits');
      byte = this.#bytes[this.#past(1)] ?? 0;
      value += (byte & 0x7f) * scale;
    }
    return value;
  }

  compactNullableString(): string | null {
    const length = this.unsignedVarint() - 1;
    return length < 0 ? null : this.#text(length);
  }

  compactString(): string {
    return this.compactNullableString() ?? '';
  }

  compactArray<T>(read: () => T): T[] {
    return this.#items(this.unsignedVarint() - 1, read);
  }

  /** A piece of the answer, without bytes where it is null. */
  compactBytes(): Buffer {
    const length = Math.max(0, this.unsignedVarint() - 1);
    const at = this.#past(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A UUID in its usual form: 32 hexadecimal digits in five groups. */
  uuid(): string {
    const at = this.#past(16);
    return this.#bytes.toString('hex', at, at + 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** Passes over the tagged fields at the end of a structure in a flexible version. */
  skipTags(): void {
    for (let left = this.unsignedVarint(); left > 0; left -= 1) {
      this.unsignedVarint();
      this.#past(this.unsignedVarint());
    }
  }

  #items<T>(count: number, read: () => T): T[] {
    const items: T[] = [];
    for (let left = count; left > 0; left -= 1) items.push(read());
    return items;
  }

  #text(length: number): string {
    const at = this.#past(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** Goes past so many bytes; gives where they begin. */
  #past(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length)
      throw new AnswerUnreadable(this.#apiName, `it ends after ${this.#bytes.length} bytes, in the middle of a field`);
    this.#at = at + count;
    return at;
  }
}
