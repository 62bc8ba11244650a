import type { Log, Membership, Position, TaskId } from '../../engine/log.ts';
import { taskName } from '../../engine/log.ts';
import type { Clock } from '../../values/time.ts';
import type { Client } from '../shared/client.ts';
import { loseWithin } from '../shared/lose-within.ts';
import type { Group, Told } from './group.ts';

type Listener = Parameters<Log['join']>[2];

interface Joining {
  readonly client: Client;
  readonly clock: Clock;
  readonly group: Group;
  readonly tasks: readonly TaskId[];
  readonly on: Listener;
  readonly sessionTimeoutMs: number;
}

/**
 * A process in a group. It tells by heartbeats that it lives, loses what is to move, starts what is new, and joins again by
 * itself, holding its tasks, when the coordinator has forgotten it.
 */
export class MemoryMembership implements Membership {
  readonly #of: Joining;
  readonly #held = new Map<string, TaskId>();
  /** Being lost: still held until that is done. */
  readonly #losing = new Map<string, TaskId>();
  /** Lost, and the coordinator may not know it yet. */
  readonly #released = new Map<string, TaskId>();
  readonly #left = new AbortController();
  #member = '';
  #isNudged = false;
  #pause = new AbortController();

  private constructor(of: Joining) {
    this.#of = of;
  }

  /** Joins; what could be given at once is assigned when this resolves. Rejects when the join is refused or gets no answer. */
  static async join(of: Joining): Promise<MemoryMembership> {
    const membership = new MemoryMembership(of);
    membership.#follow(await membership.#join());
    void membership.#keepBeating();
    return membership;
  }

  async confirm(): Promise<readonly TaskId[]> {
    const told = await this.#ask();
    this.#follow(told);
    return [...told.ours, ...told.losing];
  }

  async commitOffsets(positions: readonly Position[]): Promise<void> {
    await this.#of.client.live();
    if (!this.#of.group.commitOffsets(this.#member, positions)) throw new Error(`${this.#member} is no member any more`);
  }

  async leave(): Promise<void> {
    await this.#of.client.alive();
    if (this.#left.signal.aborted) return;
    this.#left.abort();
    this.#pause.abort();
    this.#of.group.leave(this.#member);
  }

  get #isOver(): boolean {
    return this.#left.signal.aborted || this.#of.client.over.aborted;
  }

  async #keepBeating(): Promise<void> {
    const { client, clock, sessionTimeoutMs } = this.#of;
    client.over.addEventListener('abort', () => this.#pause.abort(), { once: true });
    while (!this.#isOver) {
      if (!this.#isNudged) await clock.wait(sessionTimeoutMs / 3, this.#pause.signal, 'background');
      if (this.#isOver) return;
      if (this.#pause.signal.aborted) this.#pause = new AbortController();
      this.#isNudged = false;
      const told = await this.#ask().catch(() => undefined);
      // Nothing heard: not knowing isn't losing.
      if (told && !this.#isOver) this.#follow(told);
    }
  }

  #nudge(): void {
    this.#isNudged = true;
    this.#pause.abort();
  }

  /** A heartbeat, and where the coordinator doesn't know us any more a join. */
  async #ask(): Promise<Told> {
    const { client, group } = this.#of;
    const released = [...this.#released];
    const told = await client.request('heartbeat', client.name, () => {
      if (this.#isOver) throw new Error(`${this.#member} has left`);
      return group.heartbeat(
        this.#member,
        released.map(([, task]) => task),
      );
    });
    if (!told) return this.#join();
    for (const [name] of released) this.#released.delete(name);
    return told;
  }

  async #join(): Promise<Told> {
    const { client, group, tasks } = this.#of;
    const { member, told } = await client.request('join', client.name, () => {
      if (this.#isOver) throw new Error(`${client.name} has left`);
      const held = [...this.#held].filter(([name]) => !this.#losing.has(name)).map(([, task]) => task);
      return group.join(client.name, tasks, held, () => this.#nudge());
    });
    this.#member = member;
    this.#released.clear();
    return told;
  }

  /** Does what the coordinator said. */
  #follow({ ours, losing }: Told): void {
    const named = new Map([...ours, ...losing].map((task) => [taskName(task), task]));
    const leaving = new Set(losing.map(taskName));
    const moved = [...this.#held].filter(([name]) => !this.#losing.has(name) && (leaving.has(name) || !named.has(name)));
    // What is given back while it is being lost comes again once that is done.
    const fresh = ours.filter((task) => !this.#held.has(taskName(task)) && !this.#released.has(taskName(task)));
    // Ours on paper only: given to us and taken away before we had heard of it.
    for (const task of losing) if (!this.#held.has(taskName(task))) this.#release([[taskName(task), task]]);
    for (const task of fresh) this.#held.set(taskName(task), task);
    if (moved.length > 0) void this.#lose(moved);
    if (fresh.length > 0) this.#of.on.assigned(fresh);
  }

  async #lose(moved: readonly (readonly [string, TaskId])[]): Promise<void> {
    const { clock, on, sessionTimeoutMs, client } = this.#of;
    for (const [name, task] of moved) this.#losing.set(name, task);
    const losing = on.losing(moved.map(([, task]) => task));
    await loseWithin(clock, sessionTimeoutMs, losing, [this.#left.signal, client.over]);
    for (const [name] of moved) {
      this.#losing.delete(name);
      this.#held.delete(name);
    }
    if (!this.#isOver) this.#release(moved);
  }

  #release(tasks: readonly (readonly [string, TaskId])[]): void {
    for (const [name, task] of tasks) this.#released.set(name, task);
    this.#nudge();
  }
}
