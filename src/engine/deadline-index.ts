/** What the index orders: a row that may want to be woken. `entryAt` belongs to the index. */
export interface Deadline {
  readonly table: string;
  readonly key: string;
  /** When the row is due; Infinity: never. */
  wakeAt: number;
  /** Where its entry stands in the index; Infinity: it has none. */
  entryAt: number;
}

interface Entry {
  at: number;
  readonly of: Deadline;
}

const before = (a: Entry, b: Entry): boolean => {
  if (a.at !== b.at) return a.at < b.at;
  if (a.of.table !== b.of.table) return a.of.table < b.of.table;
  return a.of.key < b.of.key;
};

/**
 * Deadlines in (wakeAt, table, key) order: a binary heap in which a deadline that moves away is found out only when it
 * comes up. So an event that pushes a timeout further (by far the usual one) costs no index work at all, and a row has
 * one entry, or a few where its deadline moved nearer.
 */
export class DeadlineIndex {
  readonly #heap: Entry[] = [];

  /** Takes note of the deadline's `wakeAt`. */
  schedule(of: Deadline): void {
    if (of.wakeAt >= of.entryAt) return;
    of.entryAt = of.wakeAt;
    this.#heap.push({ at: of.wakeAt, of });
    this.#up(this.#heap.length - 1);
  }

  /** Nothing is due before this. Costs nothing, and may be too early: a deadline that moved away is not looked at. */
  get bound(): number {
    return this.#heap[0]?.at ?? Infinity;
  }

  /** The least deadline, which stays in the index. */
  first(): Deadline | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      const { of } = top;
      if (top.at !== of.entryAt) this.#removeTop();
      else if (of.wakeAt === top.at) return of;
      else if (of.wakeAt === Infinity) {
        of.entryAt = Infinity;
        this.#removeTop();
      } else {
        top.at = of.wakeAt;
        of.entryAt = of.wakeAt;
        this.#down(0);
      }
    }
    return undefined;
  }

  /** Takes out what `first` has just returned. */
  removeFirst(): void {
    const top = this.#heap[0];
    if (!top) return;
    top.of.entryAt = Infinity;
    this.#removeTop();
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    }
  }

  #up(from: number): void {
    const heap = this.#heap;
    const moving = heap[from];
    if (!moving) return;
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (!parent || !before(moving, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = moving;
  }

  #down(from: number): void {
    const heap = this.#heap;
    const moving = heap[from];
    if (!moving) return;
    let at = from;
    for (;;) {
      const leftAt = 2 * at + 1;
      const left = heap[leftAt];
      if (!left) break;
      const right = heap[leftAt + 1];
      const [child, childAt] = right && before(right, left) ? [right, leftAt + 1] : [left, leftAt];
      if (!before(child, moving)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = moving;
  }
}
