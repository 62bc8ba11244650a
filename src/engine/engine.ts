import { setImmediate as turn } from 'node:timers/promises';
import type { TaskState, Telemetry } from '../happenings/happening.ts';
import { AmendsError } from '../happenings/errors.ts';
import type { Clock, Instant } from '../values/time.ts';
import type { TimeMode } from './changelog.ts';
import type { Log, Membership, TaskId, TopicDescription } from './log.ts';
import { taskName } from './log.ts';
import type { Upstream } from './progress.ts';
import { ProgressBoard } from './progress.ts';
import type { Stage } from './stage.ts';
import type { ProcessParts } from './stage-task.ts';
import { StageTask } from './stage-task.ts';
import { changelogOf, deadLettersTopic, progressTopic } from './topics.ts';

export interface EngineOptions {
  /** Names the group, the changelogs and the transactional ids. */
  readonly application: string;
  readonly stages: readonly Stage[];
  readonly log: Log;
  readonly clock: Clock;
  readonly time: TimeMode;
  readonly telemetry: Telemetry;
  /** The most records and timers of one transaction. */
  readonly batchRecords?: number;
  /**
   * How far ahead of what a stage's other tasks have read a task may conclude, in ms. Must be less than the grace that
   * conclusions from silence carry (`proofGrace`). Default 30,000.
   */
  readonly siblingSlackMs?: number;
  /** Of the code: subjects on which another version failed get one more try. */
  readonly version?: string;
}

export interface TaskReport extends TaskId {
  readonly state: TaskState;
  /** Everything strictly before is processed and committed; -Infinity while nothing is. */
  readonly clock: Instant;
  readonly rows: number;
  readonly why: string;
}

/** How long an idle process rests before it looks again. */
const restMs = 20;

/** One process: runs its share of all tasks of the stages. A fleet is more of the same. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #parts: ProcessParts;
  readonly #board: ProgressBoard;
  readonly #tasks = new Map<string, StageTask>();
  readonly #upstream: ReadonlyMap<string, readonly Upstream[]>;
  readonly #abort = new AbortController();
  #membership: Membership | undefined;
  /** Why nothing is heard from other tasks. */
  #deaf: string | undefined;

  private constructor(options: EngineOptions, topics: ReadonlyMap<string, TopicDescription>, board: ProgressBoard) {
    this.#options = options;
    this.#board = board;
    const { application, log, clock, time, telemetry, batchRecords = 2_000, version = 'development', siblingSlackMs = 30_000 } = options;
    this.#parts = {
      application,
      log,
      hostClock: clock,
      time,
      telemetry,
      board,
      topics,
      batchRecords,
      version,
      siblingSlackMs,
      confirm: (task) => this.#confirm(task),
    };
    const upstreamOf = (stage: string): Upstream => {
      const changelog = topics.get(changelogOf(application, stage));
      return { stage, partitions: changelog?.partitions ?? 0, changelogId: changelog?.id ?? '' };
    };
    this.#upstream = new Map(options.stages.map((stage) => [stage.name, stage.upstream.map(upstreamOf)]));
  }

  /** Checks the topics (AMENDS_TOPIC_MISSING, AMENDS_TOPIC_PARTITIONS, all at once) and joins the group. Rejects where the log does. */
  static async start(options: EngineOptions): Promise<Engine> {
    const topics = await describeAll(options);
    checkPartitions(options, topics);
    const engine = new Engine(options, topics, await ProgressBoard.open(options.log));
    engine.#membership = await options.log.join(options.application, engine.#allTasks(), {
      assigned: (fresh) => fresh.forEach((task) => engine.#open(task)),
      losing: async (moved) => {
        await Promise.all(moved.map((task) => engine.#lose(task)));
      },
    });
    return engine;
  }

  /** One step of every task; false when none found anything to do. */
  async tick(): Promise<boolean> {
    const heard = await this.#listen();
    const did = await Promise.all([...this.#tasks.values()].map((task) => task.step()));
    for (const [name, task] of this.#tasks) if (task.state === 'closed') this.#tasks.delete(name);
    return heard || did.includes(true);
  }

  /** Runs each task at its own pace until `signal` aborts, so that one that waits holds up no other; then `stop` is due. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const running = new Map<StageTask, Promise<void>>();
    while (!signal.aborted) {
      await this.#listen();
      for (const [name, task] of this.#tasks) {
        if (task.state === 'closed') this.#tasks.delete(name);
        else if (!running.has(task))
          running.set(
            task,
            this.#runTask(task, signal).finally(() => running.delete(task)),
          );
      }
      await clock.wait(restMs, signal);
    }
    await Promise.all(running.values());
  }

  /** Ends the batches under way and leaves the group, so that another process takes over at once. */
  async stop(): Promise<void> {
    await Promise.all([...this.#tasks.values()].map((task) => task.close('the process stops')));
    this.#tasks.clear();
    this.#abort.abort();
    await this.#membership?.leave();
    await this.#board.close();
  }

  tasks(): readonly TaskReport[] {
    return [...this.#tasks.values()].map(({ id, state, clock, rows, why }) => ({ ...id, state, clock, rows, why }));
  }

  /** Whether all its tasks run and conclude, and if not, why, in words. */
  ready(): { readonly ready: boolean; readonly why: readonly string[] } {
    const why = [...this.#tasks.values()]
      .filter((task) => task.state !== 'running' || task.isStopped)
      .map((task) => `${taskName(task.id)} is ${task.isStopped ? 'held' : task.state}: ${task.why}`);
    const unheard = this.#membership?.unheard;
    if (unheard !== undefined)
      why.push(`the group has not heard of this process for longer than a session, so its tasks may be given to others: ${unheard}`);
    if (this.#deaf !== undefined)
      why.push(`how far other tasks are can not be read from ${progressTopic}, so clocks stand still: ${this.#deaf}`);
    return { ready: why.length === 0, why };
  }

  /** Reads what other tasks tell. What the board knows may be old: then tasks wait. So a fetch that fails is tried again. */
  async #listen(): Promise<boolean> {
    try {
      const heard = await this.#board.refresh(this.#abort.signal);
      // A poll between two tries brings nothing, and says nothing.
      if (heard) this.#deaf = undefined;
      return heard;
    } catch (error) {
      this.#deaf = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  async #runTask(task: StageTask, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && task.state !== 'closed') {
      if (!(await task.step())) await this.#options.clock.wait(restMs, signal);
      // A log in memory never lets go of the event loop by itself: requests and signals want their turn.
      await turn();
    }
  }

  #allTasks(): readonly TaskId[] {
    return this.#options.stages.flatMap((stage) => {
      const partitions = this.#parts.topics.get(changelogOf(this.#options.application, stage.name))?.partitions ?? 0;
      return Array.from({ length: partitions }, (_, partition) => ({ stage: stage.name, partition }));
    });
  }

  #open(id: TaskId): void {
    const stage = this.#options.stages.find(({ name }) => name === id.stage);
    const known = this.#tasks.get(taskName(id));
    // One that has closed by itself may not have been cleared away yet.
    if (!stage || (known && known.state !== 'closed')) return;
    this.#tasks.set(taskName(id), new StageTask(stage, id.partition, this.#upstream.get(id.stage) ?? [], this.#parts));
  }

  async #lose(id: TaskId): Promise<void> {
    const task = this.#tasks.get(taskName(id));
    this.#tasks.delete(taskName(id));
    await task?.close('the group has given it to another process');
  }

  async #confirm(task: TaskId): Promise<boolean> {
    const ours = await this.#membership?.confirm();
    return ours?.some((one) => taskName(one) === taskName(task)) ?? false;
  }
}

const describeAll = async ({ stages, application, log }: EngineOptions): Promise<ReadonlyMap<string, TopicDescription>> => {
  const names = new Set<string>([progressTopic, deadLettersTopic]);
  for (const stage of stages) {
    for (const name of [stage.name, ...stage.upstream]) names.add(changelogOf(application, name));
    for (const { topic } of stage.inputs) names.add(topic.name);
    for (const { name } of stage.outputs) names.add(name);
  }
  const topics = new Map<string, TopicDescription>();
  const missing: string[] = [];
  for (const name of names)
    try {
      topics.set(name, await log.describe(name));
    } catch (error) {
      // A log that doesn't answer says nothing about its topics.
      if (!(error instanceof AmendsError && error.code === 'AMENDS_TOPIC_MISSING')) throw error;
      missing.push(name);
    }
  if (missing.length > 0) throw new AmendsError('AMENDS_TOPIC_MISSING', missing);
  return topics;
};

const checkPartitions = ({ stages, application }: EngineOptions, topics: ReadonlyMap<string, TopicDescription>): void => {
  const wrong = stages.flatMap((stage) => {
    const keyed = [...stage.inputs.filter(({ whole }) => !whole).map(({ topic }) => topic.name), changelogOf(application, stage.name)];
    const counts = keyed.map((name) => `${name} ${topics.get(name)?.partitions ?? 0}`);
    return new Set(keyed.map((name) => topics.get(name)?.partitions)).size > 1 ? [`stage ${stage.name}: ${counts.join(', ')}`] : [];
  });
  if (wrong.length > 0) throw new AmendsError('AMENDS_TOPIC_PARTITIONS', wrong);
};
