/** What the index orders: a row that may want to be woken. `entryAt` belongs to the index. */
export interface Deadline {
  readonly table: string;
  readonly key: string;
  /** When the row is due; Infinity: never. */
  wakeAt: number;
  /** Where its entry stands in the index; Infinity: it has none. */
  entryAt: number;
}

const isBefore = (at: number, of: Deadline, otherAt: number, other: Deadline): boolean => {
  if (at !== otherAt) return at < otherAt;
  if (of.table !== other.table) return of.table < other.table;
  return of.key < other.key;
};

/**
 * Deadlines in (wakeAt, table, key) order: a binary heap in which a deadline that moves away is found out only when it
 * comes up. So an event that pushes a timeout further (by far the usual one) costs no index work at all, and a row has
 * one entry, or a few where its deadline moved nearer. Two arrays side by side: an object for each of a million entries
 * would take three times as much.
 */
export class DeadlineIndex {
  readonly #at: number[] = [];
  readonly #of: Deadline[] = [];

  /** Takes note of the deadline's `wakeAt`. */
  schedule(of: Deadline): void {
    const at = of.wakeAt;
    if (at >= of.entryAt) return;
    of.entryAt = at;
    this.#at.push(at);
    this.#of.push(of);
    this.#up(at, of);
  }

  /** Nothing is due before this. Costs nothing, and may be too early: a deadline that moved away is not looked at. */
  get bound(): number {
    return this.#at[0] ?? Infinity;
  }

  /** The least deadline, which stays in the index. */
  first(): Deadline | undefined {
    for (let of = this.#of[0]; of; of = this.#of[0]) {
      const at = this.#at[0] ?? Infinity;
      const { wakeAt } = of;
      if (at !== of.entryAt) this.#removeTop();
      else if (wakeAt === at) return of;
      else {
        of.entryAt = wakeAt;
        if (wakeAt === Infinity) this.#removeTop();
        else this.#down(wakeAt, of);
      }
    }
    return undefined;
  }

  /** Takes out what `first` has just returned. */
  removeFirst(): void {
    const top = this.#of[0];
    if (!top) return;
    top.entryAt = Infinity;
    this.#removeTop();
  }

  #removeTop(): void {
    const at = this.#at.pop();
    const of = this.#of.pop();
    if (at !== undefined && of && this.#of.length > 0) this.#down(at, of);
  }

  /** Finds the place of the last entry, from the end on. */
  #up(movingAt: number, moving: Deadline): void {
    const ats = this.#at;
    const ofs = this.#of;
    let place = ofs.length - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const at = ats[above];
      const of = ofs[above];
      if (at === undefined || !of || !isBefore(movingAt, moving, at, of)) break;
      ats[place] = at;
      ofs[place] = of;
      place = above;
    }
    ats[place] = movingAt;
    ofs[place] = moving;
  }

  /** Finds the place of an entry, from the top on, where nothing else stands. */
  #down(movingAt: number, moving: Deadline): void {
    const ats = this.#at;
    const ofs = this.#of;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      let at = ats[below];
      let of = ofs[below];
      if (at === undefined || !of) break;
      const rightAt = ats[below + 1];
      const right = ofs[below + 1];
      if (rightAt !== undefined && right && isBefore(rightAt, right, at, of)) {
        below += 1;
        at = rightAt;
        of = right;
      }
      if (!isBefore(at, of, movingAt, moving)) break;
      ats[place] = at;
      ofs[place] = of;
      place = below;
    }
    ats[place] = movingAt;
    ofs[place] = moving;
  }
}
