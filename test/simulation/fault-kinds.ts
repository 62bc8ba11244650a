import type { FaultPoint } from '../../src/engine/log.ts';

/** Where a process can be killed in the course of a transaction, and of what goes before it. */
export const crashPoints = [
  'fetch',
  'ends',
  'initialise',
  'addPartitions',
  'after-addPartitions',
  'produce',
  'after-produce',
  'end',
  'after-end',
] as const satisfies readonly FaultPoint[];

/**
 * What goes wrong in a simulation, by name. True: the pipeline is to hold what such a fault touches until a person has seen
 * to it, so commands may be missing afterwards; false: nothing may be. None of them ever excuses a false or a second command.
 */
export const faultKinds = {
  'crash at fetch': false,
  'crash at ends': false,
  'crash at initialise': false,
  'crash at addPartitions': false,
  'crash at after-addPartitions': false,
  'crash at produce': false,
  'crash at after-produce': false,
  'crash at end': false,
  'crash at after-end': false,
  'a request is refused': false,
  'a request is lost': false,
  'an answer is lost': false,
  'a commit fails': false,
  'a commit is lost on its way': false,
  'the answer to a commit is lost': false,
  'the answer to a commit of timers alone is lost': false,
  'an owner is fenced': false,
  'a zombie initialises after the true owner': false,
  'a rebalance in the middle of a batch': false,
  'the coordinator is out of reach': false,
  'a planned stop': false,
  'a fetch is delayed': false,
  'the log stalls': false,
  'a transaction of others is left open': false,
  'busy writers': false,
  'duplicated input': false,
  'reordered input': false,
  'a bad record': false,
  'a record under a wrong key': false,
  'a clock jumps': false,
  'a host clock is ahead': false,
  'an upstream stage lags': false,
  'an upstream stage restores': false,
  'the switch is empty at the start': false,
  // What the gap may hide concludes nothing until the same input tells of it again.
  'input is trimmed': true,
  // What was held meanwhile is reconciled once it is armed again, but what became too old is not.
  'the switch is recreated': true,
  // Timers and money stop until an operator releases them.
  'partitions are added': true,
} as const satisfies Readonly<Record<string, boolean>>;

export type FaultKind = keyof typeof faultKinds;

/** How often each kind really fired: met a request, a record or a batch. */
export class Tally {
  readonly #counts = new Map<FaultKind, number>();

  add(kind: FaultKind, count = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  merge(other: Readonly<Partial<Record<FaultKind, number>>>): void {
    for (const [kind, count] of Object.entries(other)) this.add(kind as FaultKind, count);
  }

  /** By kind, in the order of `faultKinds`; those that never fired are absent. */
  get counts(): Readonly<Partial<Record<FaultKind, number>>> {
    const kinds = Object.keys(faultKinds) as FaultKind[];
    return Object.fromEntries(kinds.flatMap((kind) => (this.#counts.has(kind) ? [[kind, this.#counts.get(kind) ?? 0]] : [])));
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  has(kind: FaultKind): boolean {
    return this.#counts.has(kind);
  }
}
