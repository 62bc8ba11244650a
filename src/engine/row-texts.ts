import type { KeptText } from './kept-text.ts';
import { grown } from './row-columns.ts';

/** A text stands behind the number of its row and its own length, four bytes each, and ends at a multiple of as many bytes. */
const headBytes = 8;
const unitBytes = 8;
const segmentBytes = 256 * 1024;
const unitsASegment = segmentBytes / unitBytes;
const firstSegmentBytes = 4 * 1024;
/** More than this share of what is filled belongs to no row any more: then it is won back. */
const mostWaste = 0.2;

interface Segment {
  readonly index: number;
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  /** How far it is written. */
  filled: number;
  /** Of that, what rows still have. */
  live: number;
}

const roomOf = (length: number): number => (headBytes + length + unitBytes - 1) & -unitBytes;

/**
 * The texts of a store's rows, as bytes one behind the other in segments: as strings, a million of them are what the
 * collector has to look at, to copy and to leave gaps behind, whenever one changes. A text that changes is written anew at the end; of the
 * segment that has lost most, what is left moves there too.
 */
export class RowTexts {
  /** By their index; undefined where one was given back. */
  readonly #segments: (Segment | undefined)[] = [];
  #tail: Segment | undefined;
  #spare: Segment | undefined;
  /** By row: where its text stands, in units from the first segment's begin, and one more; 0: nowhere. */
  #at = new Uint32Array(16);
  #filled = 0;
  #live = 0;

  /** Bytes that are reserved for texts. */
  get reservedBytes(): number {
    return [...this.#segments, this.#spare].reduce((sum, segment) => sum + (segment?.bytes.length ?? 0), 0);
  }

  /** The text of the row; undefined where it has none. */
  get(row: number): string | undefined {
    const at = this.#at[row];
    const segment = at ? this.#segments[Math.floor((at - 1) / unitsASegment)] : undefined;
    if (!at || !segment) return undefined;
    const from = ((at - 1) % unitsASegment) * unitBytes;
    const length = segment.words[from / 4 + 1] ?? 0;
    return segment.bytes.toString('utf8', from + headBytes, from + headBytes + length);
  }

  /** Keeps the text in place of the row's last one. False: it is too large, or has no UTF-8, and the row has none now. */
  set(row: number, text: string | KeptText): boolean {
    this.remove(row);
    // A UTF-16 unit takes three bytes at most.
    const most = headBytes + (typeof text === 'string' ? 3 * text.length : text.to - text.from);
    if (most > segmentBytes / 4) return false;
    const segment = this.#roomFor(most);
    const at = segment.filled;
    let length: number;
    if (typeof text === 'string') {
      length = segment.bytes.write(text, at + headBytes);
      if (length !== text.length && !text.isWellFormed()) return false;
    } else length = text.bytes.copy(segment.bytes, at + headBytes, text.from, text.to);
    segment.words[at / 4] = row;
    segment.words[at / 4 + 1] = length;
    if (row >= this.#at.length) this.#at = grown(this.#at, new Uint32Array(Math.max(row + 1, 2 * this.#at.length)));
    this.#at[row] = segment.index * unitsASegment + at / unitBytes + 1;
    this.#take(segment, roomOf(length));
    return true;
  }

  /** The row has no text any more. */
  remove(row: number): void {
    const at = this.#at[row];
    const segment = at ? this.#segments[Math.floor((at - 1) / unitsASegment)] : undefined;
    if (!at || !segment) return;
    const from = ((at - 1) % unitsASegment) * unitBytes;
    const room = roomOf(segment.words[from / 4 + 1] ?? 0);
    segment.live -= room;
    this.#live -= room;
    this.#at[row] = 0;
  }

  #take(segment: Segment, bytes: number): void {
    segment.filled += bytes;
    segment.live += bytes;
    this.#filled += bytes;
    this.#live += bytes;
  }

  #roomFor(bytes: number): Segment {
    let tail = this.#tail;
    while (!tail || tail.bytes.length - tail.filled < bytes) tail = this.#nextTail(bytes);
    this.#tail = tail;
    return tail;
  }

  /** An empty segment, or one with what was left in those that had lost most. */
  #nextTail(bytes: number): Segment {
    const wasted = this.#mostWasted();
    const next = this.#empty(Math.max(bytes, wasted?.live ?? 0));
    for (let from = wasted; from && from.live + bytes <= next.bytes.length - next.filled; from = this.#mostWasted()) this.#move(from, next);
    this.#segments[next.index] = next;
    return next;
  }

  #empty(bytes: number): Segment {
    const spare = this.#spare;
    this.#spare = undefined;
    const free = this.#segments.indexOf(undefined);
    const index = free >= 0 ? free : this.#segments.length;
    if (spare) return { ...spare, index, filled: 0, live: 0 };
    // A store of few rows takes little.
    const size = Math.min(segmentBytes, Math.max(firstSegmentBytes, 4 * bytes, 2 * (this.#tail?.bytes.length ?? 0)));
    const buffer = Buffer.allocUnsafeSlow(size & -unitBytes);
    return { index, bytes: buffer, words: new Uint32Array(buffer.buffer), filled: 0, live: 0 };
  }

  /** The segment that has lost most, where it is worth winning back. */
  #mostWasted(): Segment | undefined {
    if (this.#filled - this.#live <= mostWaste * this.#filled) return undefined;
    let most: Segment | undefined;
    for (const segment of this.#segments) if (segment && (!most || segment.filled - segment.live > most.filled - most.live)) most = segment;
    return most && most.filled > most.live ? most : undefined;
  }

  #move(from: Segment, to: Segment): void {
    const { words } = from;
    for (let at = 0; at < from.filled;) {
      const row = words[at / 4] ?? 0;
      const room = roomOf(words[at / 4 + 1] ?? 0);
      if (this.#at[row] === from.index * unitsASegment + at / unitBytes + 1) {
        this.#at[row] = to.index * unitsASegment + to.filled / unitBytes + 1;
        from.bytes.copy(to.bytes, to.filled, at, at + room);
        this.#take(to, room);
        this.#live -= room;
      }
      at += room;
    }
    this.#filled -= from.filled;
    this.#segments[from.index] = undefined;
    if (this.#tail === from) this.#tail = undefined;
    if (from.bytes.length === segmentBytes) this.#spare = from;
  }
}
