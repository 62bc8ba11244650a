import type { TaskReport } from '../../engine/engine.ts';
import { Engine } from '../../engine/engine.ts';
import type { Log } from '../../engine/log.ts';
import { taskName } from '../../engine/log.ts';
import type { Stage } from '../../engine/stage.ts';
import type { Telemetry } from '../../happenings/happening.ts';
import type { DrivenClock } from '../../values/clock.ts';
import type { Instant } from '../../values/time.ts';
import { minuteMs } from '../../values/time.ts';

/** How far the driven clock goes in a round that found nothing to do: heartbeats and waits for a retry fall due. */
const stepMs = 20;
/** After this long with nothing to do nothing will come any more: longer than a session, a transaction or a retry takes. */
const idleMs = minuteMs;

/** Some engines in one process, each as a process of its own would run, sharing the tasks of one application. */
export class Fleet {
  readonly #engines: readonly Engine[];
  readonly #clock: DrivenClock;
  readonly #tasks: number;

  private constructor(engines: readonly Engine[], clock: DrivenClock, tasks: number) {
    this.#engines = engines;
    this.#clock = clock;
    this.#tasks = tasks;
  }

  /** Starts an engine a log, one after the other. `partitions`: how many tasks each stage has. */
  static async start(of: {
    readonly application: string;
    readonly stages: readonly Stage[];
    readonly partitions: number;
    readonly logs: readonly Log[];
    readonly clock: DrivenClock;
    readonly telemetry: Telemetry;
  }): Promise<Fleet> {
    const { application, stages, clock, telemetry } = of;
    const engines: Engine[] = [];
    for (const log of of.logs) {
      // A group takes in a new member only while the others go on, and time with them.
      const started = await whileTimePasses(
        clock,
        Engine.start({ application, stages, log, clock, time: 'records', telemetry }),
        async () => {
          await Promise.all(engines.map((engine) => engine.tick()));
        },
      );
      engines.push(started);
    }
    return new Fleet(engines, clock, stages.length * of.partitions);
  }

  /**
   * Runs until every task's clock has come to `time`. Gives the tasks that have not and will not, because nothing moves
   * any more; none when all is well.
   */
  async reach(time: Instant): Promise<readonly TaskReport[]> {
    let idleSince = this.#clock.now();
    for (;;) {
      const reports = new Map(this.#engines.flatMap((engine) => engine.tasks()).map((task) => [taskName(task), task]));
      const behind = [...reports.values()].filter((task) => task.clock < time);
      if (behind.length === 0 && reports.size === this.#tasks) return [];
      const did = await Promise.all(this.#engines.map((engine) => engine.tick()));
      if (did.includes(true)) {
        idleSince = this.#clock.now();
        continue;
      }
      if (this.#clock.now() - idleSince > idleMs) return behind;
      await this.#clock.advanceBy(stepMs);
    }
  }

  /** Why tasks are held or not running, in words. */
  get troubles(): readonly string[] {
    return this.#engines.flatMap((engine) => engine.ready().why);
  }

  /** Ends all engines; those that are left take the tasks over meanwhile. */
  async stop(): Promise<void> {
    await whileTimePasses(this.#clock, Promise.all(this.#engines.map((engine) => engine.stop())));
  }
}

/** What `work` gives, where it needs time to pass; `meanwhile` is done in between. */
const whileTimePasses = async <T>(clock: DrivenClock, work: Promise<T>, meanwhile: () => Promise<void> = async () => {}): Promise<T> => {
  const settled = new AbortController();
  const result = work.finally(() => settled.abort());
  result.catch(() => {}); // awaited below; until then a failure is nobody's
  while (!settled.signal.aborted) {
    await meanwhile();
    await clock.advanceBy(stepMs);
  }
  return result;
};
