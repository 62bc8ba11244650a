import { AmendsError } from '../happenings/errors.ts';

/** How many bad lines are listed; the rest is counted. */
const listed = 50;

/** The bad lines of an event file: all counted, the first ones with place and reason. */
export class BadLines {
  readonly #file: string;
  readonly #first: string[] = [];
  count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add(line: number, reason: string): void {
    this.count += 1;
    if (this.#first.length < listed) this.#first.push(`${this.#file}:${line}: ${reason}`);
  }

  /** `file:line: reason` of the first ones. */
  get first(): readonly string[] {
    return this.#first;
  }

  /** The error that tells them: AMENDS_FILE_BAD_LINES. */
  error(): AmendsError {
    const more = this.count - this.#first.length;
    return new AmendsError('AMENDS_FILE_BAD_LINES', [...this.#first, ...(more > 0 ? [`${this.#file}: and ${more} more`] : [])]);
  }
}
