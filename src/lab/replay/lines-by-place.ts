import type { Position } from '../../values/record.ts';
import { partitionName } from '../../values/record.ts';

/**
 * Which line of a file each record of the log stands for. Where a record lies in the log depends on the partitions it was
 * split over; where it stands in its file doesn't.
 */
export class LinesByPlace {
  readonly #lines = new Map<string, number[]>();

  /** The record at `place` is line `line` of its file, counted from 1. */
  add(place: Position, line: number): void {
    const name = partitionName(place);
    let lines = this.#lines.get(name);
    if (!lines) this.#lines.set(name, (lines = []));
    // What the log puts in between (ticks, markers) is no line.
    while (lines.length < place.offset) lines.push(0);
    lines[place.offset] = line;
  }

  /** The line of the record at `place`; undefined where it isn't known. */
  lineOf(place: Position): number | undefined {
    return this.#lines.get(partitionName(place))?.[place.offset] || undefined;
  }

  /**
   * The same JSON value with every position in it (`topic`, `partition`, `offset`) told as partition 0 and the line as
   * offset; a position that isn't known stays.
   */
  rewrite(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.rewrite(item));
    if (typeof value !== 'object' || value === null) return value;
    if (isPosition(value)) {
      const line = this.lineOf(value);
      return line === undefined ? value : { ...value, partition: 0, offset: line };
    }
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.rewrite(item)]));
  }
}

const isPosition = (value: object): value is Position =>
  'topic' in value &&
  typeof value.topic === 'string' &&
  'partition' in value &&
  typeof value.partition === 'number' &&
  'offset' in value &&
  typeof value.offset === 'number';
