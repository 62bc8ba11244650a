import type { Partition, Position, TaskId } from '../../engine/log.ts';
import { taskName } from '../../engine/log.ts';
import { partitionName } from '../../values/record.ts';
import type { Clock, Instant } from '../../values/time.ts';
import { after } from '../../values/time.ts';
import { assign } from '../shared/assign.ts';

/** What the coordinator tells a member: what it has, and which of that it is to give up. */
export interface Told {
  readonly ours: readonly TaskId[];
  readonly losing: readonly TaskId[];
}

interface Member {
  readonly id: string;
  readonly tasks: ReadonlyMap<string, TaskId>;
  /** Called when there is something to be told before the next heartbeat. */
  readonly nudge: () => void;
  seenAt: Instant;
}

/** A task and who has it. While `target` is another member, the owner has until a session has passed to give it up. */
interface Holding {
  readonly task: TaskId;
  owner: string | undefined;
  target: string | undefined;
  movingSince: Instant;
}

/** The group coordinator of one group: who is there, by heartbeat, and who has which task. */
export class Group {
  readonly #clock: Clock;
  readonly #sessionTimeoutMs: number;
  readonly #members = new Map<string, Member>();
  readonly #holdings = new Map<string, Holding>();
  readonly #offsets = new Map<string, Position>();
  #joined = 0;

  constructor(clock: Clock, sessionTimeoutMs: number) {
    this.#clock = clock;
    this.#sessionTimeoutMs = sessionTimeoutMs;
  }

  /** What was last committed for lag tools, a position a partition. */
  get offsets(): readonly Position[] {
    return [...this.#offsets.values()];
  }

  /** A new member that can run `tasks` and still runs `held`, which stay with it where nobody else has them. */
  join(
    name: string,
    tasks: readonly TaskId[],
    held: readonly TaskId[],
    nudge: () => void,
  ): { readonly member: string; readonly told: Told } {
    this.#joined += 1;
    const member: Member = {
      id: `${name}-${this.#joined}`,
      tasks: new Map(tasks.map((task) => [taskName(task), task])),
      nudge,
      seenAt: this.#clock.now(),
    };
    this.#expire();
    this.#members.set(member.id, member);
    for (const [name_, task] of member.tasks)
      if (!this.#holdings.has(name_)) this.#holdings.set(name_, { task, owner: undefined, target: undefined, movingSince: member.seenAt });
    for (const task of held) {
      const holding = this.#holdings.get(taskName(task));
      if (holding && holding.owner === undefined) holding.owner = member.id;
    }
    this.#rebalance(member.id);
    return { member: member.id, told: this.#tell(member) };
  }

  /** Says that the member lives, and has given up `released`. Undefined: the coordinator doesn't know it (any more). */
  heartbeat(id: string, released: readonly TaskId[]): Told | undefined {
    this.#expire();
    const member = this.#members.get(id);
    if (!member) return undefined;
    member.seenAt = this.#clock.now();
    let isFree = false;
    for (const task of released) {
      const holding = this.#holdings.get(taskName(task));
      if (holding?.owner !== id) continue;
      holding.owner = undefined;
      isFree = true;
    }
    if (isFree || this.#takeOverdue()) this.#rebalance(id);
    return this.#tell(member);
  }

  leave(id: string): void {
    this.#expire();
    if (this.#remove(id)) this.#rebalance(id);
  }

  /** False when the coordinator doesn't know the member. */
  commitOffsets(id: string, positions: readonly Position[]): boolean {
    this.#expire();
    if (!this.#members.has(id)) return false;
    for (const position of positions) this.#offsets.set(partitionName(position satisfies Partition), position);
    return true;
  }

  #tell(member: Member): Told {
    const ours: TaskId[] = [];
    const losing: TaskId[] = [];
    for (const { task, owner, target } of this.#holdings.values()) if (owner === member.id) (target === owner ? ours : losing).push(task);
    return { ours, losing };
  }

  /** Takes out who hasn't been heard of for a session. */
  #expire(): void {
    const now = this.#clock.now();
    const silent = [...this.#members.values()].filter(({ seenAt }) => now >= after(seenAt, this.#sessionTimeoutMs));
    for (const { id } of silent) this.#remove(id);
    if (silent.length > 0) this.#rebalance();
  }

  #remove(id: string): boolean {
    for (const holding of this.#holdings.values()) {
      if (holding.owner === id) holding.owner = undefined;
      if (holding.target === id) holding.target = undefined;
    }
    return this.#members.delete(id);
  }

  /** Takes away what has been asked for, and not given up, for as long as a session lasts. */
  #takeOverdue(): boolean {
    const now = this.#clock.now();
    let some = false;
    for (const holding of this.#holdings.values())
      if (holding.owner !== holding.target && holding.owner !== undefined && now >= after(holding.movingSince, this.#sessionTimeoutMs)) {
        holding.owner = undefined;
        some = true;
      }
    return some;
  }

  /** Decides anew who is to have what. `asking` is about to be told and needs no nudge. */
  #rebalance(asking?: string): void {
    const members = [...this.#members.values()];
    for (const [name] of this.#holdings) if (!members.some(({ tasks }) => tasks.has(name))) this.#holdings.delete(name);
    const holdings = [...this.#holdings].toSorted(([, a], [, b]) =>
      a.task.stage < b.task.stage ? -1 : a.task.stage > b.task.stage ? 1 : a.task.partition - b.task.partition,
    );
    const targets = assign(
      // What is on its way stays on its way: a task moved twice stands still twice.
      holdings.map(([name, { task, owner, target }]) => ({ name, stage: task.stage, owner: target ?? owner })),
      members.map(({ id, tasks }) => ({ member: id, tasks: new Set(tasks.keys()) })),
    );
    const nudged = new Set<string>();
    for (const [name, holding] of holdings) {
      const target = targets.get(name);
      if (target === undefined) continue;
      if (holding.owner === undefined) {
        holding.owner = target;
        nudged.add(target);
      } else if (target !== holding.target) {
        // On its way already, only elsewhere: the time to give it up goes on.
        if (holding.target === holding.owner) holding.movingSince = this.#clock.now();
        nudged.add(holding.owner);
      }
      holding.target = target;
    }
    for (const { id, nudge } of members) if (nudged.has(id) && id !== asking) nudge();
  }
}
