import { setTimeout as wait } from 'node:timers/promises';
import type { RunProcess } from '../cli/service/a-process.ts';
import type { Tally } from './tally.ts';

const everyMs = 200;
/** Longer than any one fault lasts, the broker's and the session's timeouts, and a retry after them. */
const longestMs = 60_000;
/** Then the processes are asked what they say of it. */
const askAfterMs = 20_000;

interface Seen {
  /** How far its clock has come, in ms, whoever has it. */
  clock: number;
  movedAt: number;
  /** Since when it has had none, or more than one. */
  withoutSince: number | undefined;
  doubleSince: number | undefined;
  wasAsked: boolean;
}

const line = /^amends_task_clock_age_seconds\{stage="([^"]+)",partition="(\d+)"\} (\S+)$/gm;

/** Looks at the processes' own figures: who has which task, and how far each has come. */
export class Watch {
  readonly #tally: Tally;
  readonly #members: () => readonly RunProcess[];
  readonly #tasks: number;
  readonly #owned = new Map<RunProcess, ReadonlySet<string>>();
  readonly #seen = new Map<string, Seen>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  /** The longest that a task's clock has stood still while history came, in ms, and which task. */
  longest = { task: '', ms: 0 };

  /** `members`: the processes that can answer now. `tasks`: how many there are to be had. */
  constructor(tally: Tally, members: () => readonly RunProcess[], tasks: number) {
    this.#tally = tally;
    this.#members = members;
    this.#tasks = tasks;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** The tasks that a process was last seen with. */
  tasksOf(member: RunProcess): ReadonlySet<string> {
    return this.#owned.get(member) ?? new Set();
  }

  clocks(): ReadonlyMap<string, number> {
    return new Map([...this.#seen].map(([task, { clock }]) => [task, clock]));
  }

  /** How long until each of the tasks has come further than it is now, in ms; undefined: not within `forMs`. */
  async untilMoved(tasks: ReadonlySet<string>, forMs: number): Promise<number | undefined> {
    const from = performance.now();
    const before = this.clocks();
    while (performance.now() - from < forMs) {
      const now = this.clocks();
      if ([...tasks].every((task) => (now.get(task) ?? -Infinity) > (before.get(task) ?? -Infinity))) return performance.now() - from;
      await wait(everyMs / 2);
    }
    return undefined;
  }

  /** Whether every task has an owner and has concluded everything before `at`. */
  hasConcluded(at: number): boolean {
    const owned = new Set(this.#members().flatMap((member) => [...this.tasksOf(member)]));
    return owned.size === this.#tasks && [...this.#seen.values()].every(({ clock }) => clock >= at);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const members = this.#members();
      await Promise.all(members.map((member) => this.#ask(member)));
      for (const known of this.#owned.keys()) if (!this.#members().includes(known)) this.#owned.delete(known);
      await this.#judge();
      await wait(everyMs);
    }
  }

  async #ask(member: RunProcess): Promise<void> {
    try {
      const askedAt = Date.now();
      const address = await Promise.race([member.address, wait(500).then(() => Promise.reject(new Error('no pages yet')))]);
      const text = await (await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(2_000) })).text();
      const tasks = new Set<string>();
      for (const [, stage = '', partition = '', age = ''] of text.matchAll(line)) {
        const task = `${stage}/${partition}`;
        tasks.add(task);
        const clock = askedAt - Number(age) * 1_000;
        const seen = this.#seen.get(task);
        if (!seen)
          this.#seen.set(task, { clock, movedAt: performance.now(), withoutSince: undefined, doubleSince: undefined, wasAsked: false });
        // An age is taken at the moment of the answer: two of a clock that stands still differ by how long that took.
        else if (clock > seen.clock + 2_500) {
          this.#measure(task, seen);
          seen.clock = clock;
          seen.movedAt = performance.now();
        }
      }
      this.#owned.set(member, tasks);
    } catch {
      this.#owned.set(member, new Set());
    }
  }

  #measure(task: string, { movedAt }: Seen): void {
    const ms = performance.now() - movedAt;
    if (ms > this.longest.ms) this.longest = { task, ms };
  }

  async #judge(): Promise<void> {
    const now = performance.now();
    const owners = new Map<string, number>();
    for (const tasks of this.#owned.values()) for (const task of tasks) owners.set(task, (owners.get(task) ?? 0) + 1);
    for (const [task, seen] of this.#seen) {
      const count = owners.get(task) ?? 0;
      seen.withoutSince = count > 0 ? undefined : (seen.withoutSince ?? now);
      seen.doubleSince = count < 2 ? undefined : (seen.doubleSince ?? now);
      if (seen.withoutSince === undefined) seen.wasAsked = false;
      else if (now - seen.withoutSince > askAfterMs && !seen.wasAsked) {
        seen.wasAsked = true;
        await this.#sayWhy(task);
      }
      if (seen.withoutSince !== undefined && now - seen.withoutSince > longestMs) {
        this.#tally.complain(`${task} has had no owner for more than ${longestMs / 1_000} s`);
      }
      if (seen.doubleSince !== undefined && now - seen.doubleSince > longestMs) {
        this.#tally.complain(`${task} has had two owners for more than ${longestMs / 1_000} s`);
      }
    }
  }

  /** What the processes say of a task that nobody seems to have. */
  async #sayWhy(task: string): Promise<void> {
    const said = await Promise.all(
      this.#members().map(async (member) => {
        const { why } = await member.ready().catch((error: unknown) => ({ why: [String(error)] }));
        const told = member.told.filter((text) => text.includes(`"stage":"${task.split('/')[0]}","partition":${task.split('/')[1]},`));
        return `${this.tasksOf(member).size} tasks; not ready: ${why.join('; ') || 'nothing'}; told last: ${told.slice(-3).join(' ').slice(0, 900)}`;
      }),
    );
    this.#tally.say(`  nobody shows ${task}: ${said.map((text, at) => `\n      [${at}] ${text}`).join('')}`);
  }
}
