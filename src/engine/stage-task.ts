import type { TaskState, Telemetry } from '../happenings/happening.ts';
import type { ErrorCode } from '../happenings/errors.ts';
import { AmendsError, catalogue } from '../happenings/errors.ts';
import { partitionOf } from '../values/murmur2.ts';
import type { Clock, Instant } from '../values/time.ts';
import { instant, minuteMs, never } from '../values/time.ts';
import { Batch } from './batch.ts';
import type { Checkpoint, TimeMode } from './changelog.ts';
import { Dispatch, OwnRecordUnreadable } from './dispatch.ts';
import { hasElapsed } from './has-elapsed.ts';
import { LiveMode } from './live-mode.ts';
import type { Log, Outcome, Reader, TaskId, TopicDescription, Writer } from './log.ts';
import { taskName } from './log.ts';
import { MemoryStore } from './memory-store.ts';
import { mustBeItsFirstLife } from './must-be-its-first-life.ts';
import type { ProgressBoard, Upstream } from './progress.ts';
import { RecordsMode } from './records-mode.ts';
import { openSources } from './open-sources.ts';
import { mayMoneyMove } from './permit.ts';
import { reservedTables, stoppedTable } from './reserved-tables.ts';
import { mustBeTheSame, restore } from './restore.ts';
import { siblingOf } from './siblings.ts';
import { Scratch } from './scratch.ts';
import type { Source } from './source.ts';
import type { Stage, Table } from './stage.ts';
import { follow } from './task-life.ts';
import { TaskTopics } from './task-topics.ts';
import type { TimeKeeping } from './time-keeping.ts';
import { changelogOf, deadLettersTopic, transactionalIdOf } from './topics.ts';
import { checkpointOf, consumedOf, happeningsOf, recordsOf } from './transaction.ts';

/** What a process gives each of its tasks. */
export interface ProcessParts {
  readonly application: string;
  readonly log: Log;
  readonly hostClock: Clock;
  readonly time: TimeMode;
  readonly telemetry: Telemetry;
  readonly board: ProgressBoard;
  /** Every topic that the stages read or write, as it was at the start. */
  readonly topics: ReadonlyMap<string, TopicDescription>;
  readonly batchRecords: number;
  readonly version: string;
  readonly siblingSlackMs: number;
  /** Whether the task is still ours. Rejects while that can't be known. */
  confirm(task: TaskId): Promise<boolean>;
}

const fetchBytes = 1024 * 1024;
const firstRetryMs = 100;
const lastRetryMs = 5_000;
/** How often a live task looks whether its topics are still what they were, at least. */
const describeEveryMs = 5_000;

/** What others mend while we wait: a topic comes back, brokers do, a right is given again. Then the task goes on. */
const mayPass: ReadonlySet<ErrorCode> = new Set([
  'AMENDS_TOPIC_MISSING',
  'AMENDS_BROKER_UNREACHABLE',
  'AMENDS_BROKER_DENIED',
  'AMENDS_TRANSACTIONAL_ID_IN_USE',
]);

/** A rebalance or a zombie fences a task once or twice; more often within this time is somebody who means to keep its id. */
const fencedOftenMs = minuteMs;
const fencedOften = 3;

type Action = (batch: Batch) => void;

interface Running {
  readonly writer: Writer;
  readonly reader: Reader;
  readonly sources: readonly Source[];
  readonly byName: ReadonlyMap<string, Source>;
  readonly time: TimeKeeping;
}

/** One task of a stage in one process: takes over, runs step by step, and takes over afresh after anything that fails. */
export class StageTask {
  readonly id: TaskId;
  readonly #stage: Stage;
  readonly #process: ProcessParts;
  readonly #upstream: readonly Upstream[];
  readonly #tables: ReadonlyMap<string, Table<unknown>>;
  readonly #dispatch: Dispatch;
  readonly #changelog: string;
  readonly #topics: TaskTopics;
  readonly #abort = new AbortController();
  #state: TaskState = 'claiming';
  #why = 'assigned';
  #store = new MemoryStore();
  #checkpoint: Checkpoint | undefined;
  #running: Running | undefined;
  #isTakingOver = false;
  #stepping: Promise<boolean> | undefined;
  #actions: Action[] = [];
  readonly #scratch = new Scratch();
  #failures = 0;
  #failedAt: Instant = never;
  #retryAfterMs = 0;
  #describedAt: Instant = never;
  /** When it was fenced, of late: a commit in between doesn't make up for it. */
  #fencedAt: readonly Instant[] = [];
  /** Records left to fold one by one, after a batch that could not be written. */
  #oneByOne = 0;
  #blocked = false;
  #stopped: readonly string[] = [];

  constructor(stage: Stage, partition: number, upstream: readonly Upstream[], parts: ProcessParts) {
    this.id = { stage: stage.name, partition };
    this.#stage = stage;
    this.#process = parts;
    this.#upstream = upstream;
    this.#changelog = changelogOf(parts.application, stage.name);
    this.#topics = new TaskTopics(stage, parts.log, parts.topics);
    this.#tables = new Map([...stage.rows.map(({ table }) => table), ...reservedTables].map((table) => [table.name, table]));
    const letterPartitions = this.#topics.get(deadLettersTopic).partitions;
    this.#dispatch = new Dispatch({ stage, partition, tasks: this.#topics.tasks, letterPartitions, version: parts.version });
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Why it is in its state, or why its timers and money are held. */
  get why(): string {
    return [this.#why, ...this.#stopped].join('; ');
  }

  get isStopped(): boolean {
    return this.#stopped.length > 0;
  }

  /** Everything strictly before is processed and committed. */
  get clock(): Instant {
    return this.#running?.time.clock ?? never;
  }

  /** Rows in the store, the engine's own included. */
  get rows(): number {
    return this.#store.size;
  }

  /** Does what there is to do, at most one batch; false when there was nothing. Never rejects. */
  step(): Promise<boolean> {
    this.#stepping ??= this.#step().finally(() => {
      this.#stepping = undefined;
    });
    return this.#stepping;
  }

  /** Lets the step under way end, then lets go of the log. */
  async close(why: string): Promise<void> {
    if (this.#state === 'closed') return;
    this.#abort.abort();
    await this.#stepping;
    this.#become('closed', why);
    await this.#letGo();
  }

  #become(state: TaskState, why: string): void {
    if (this.#state === 'closed') return;
    const from = this.#state;
    this.#state = follow(from, state);
    this.#why = why;
    this.#process.telemetry({ name: 'TaskStateChanged', ...this.id, from, to: state, why });
  }

  async #step(): Promise<boolean> {
    try {
      switch (this.#state) {
        case 'claiming':
        case 'restoring':
          // In the background: fencing the last owner may take long, and the other tasks go on meanwhile.
          if (!this.#isTakingOver) void this.#takeOver();
          return false;
        case 'running':
          return await this.#runBatch();
        case 'waiting':
          return await this.#tryAgain();
        default:
          return false;
      }
    } catch (error) {
      await this.#fail(error);
      return true;
    }
  }

  async #tryAgain(): Promise<boolean> {
    if (!hasElapsed(this.#process.hostClock.now(), this.#failedAt, this.#retryAfterMs)) return false;
    // Not reaching the coordinator is no loss: it throws, and is asked again. Being fenced isn't one either.
    if (await this.#process.confirm(this.id)) this.#become('claiming', 'still ours');
    else await this.#closeLost();
    return true;
  }

  async #closeLost(): Promise<void> {
    this.#become('closed', 'the group has given it to another process');
    await this.#letGo();
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#abort.signal.aborted || this.#state === 'closed') return;
    const why = error instanceof Error ? error.message : String(error);
    await this.#letGo();
    const isForAPerson = error instanceof AmendsError && !mayPass.has(error.code);
    if (isForAPerson || error instanceof OwnRecordUnreadable) {
      this.#become('halted', error instanceof OwnRecordUnreadable ? new AmendsError('AMENDS_OWN_RECORD_UNREADABLE', [why]).message : why);
      return;
    }
    this.#wait(why);
  }

  #wait(why: string): void {
    const delayMs = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(Math.max(this.#failures, this.#fencedAt.length - 1), 10));
    // Tasks that fail together should not come back together.
    const jitter = partitionOf(Buffer.from(`${taskName(this.id)}#${this.#failures}`), 1_000) / 1_000;
    this.#failures += 1;
    this.#failedAt = this.#process.hostClock.now();
    this.#retryAfterMs = delayMs * (0.5 + jitter / 2);
    if (this.#state === 'waiting') this.#why = why;
    else this.#become('waiting', why);
  }

  async #letGo(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await Promise.allSettled([running?.reader.close(), running?.writer.close()]);
  }

  async #takeOver(): Promise<void> {
    const { log, application, time } = this.#process;
    let writer: Writer | undefined;
    let reader: Reader | undefined;
    this.#isTakingOver = true;
    try {
      writer = await log.write(transactionalIdOf(application, this.id.stage, this.id.partition), this.#abort.signal);
      this.#become('restoring', 'claimed');
      this.#store = await restore(
        log,
        { topic: this.#changelog, partition: this.id.partition, id: this.#topics.get(this.#changelog).id },
        this.#store,
        this.#tables,
        this.#abort.signal,
        // At once: what was read before a fetch failed is in the store, and is not read again.
        (checkpoint) => {
          this.#checkpoint = checkpoint;
        },
      );
      if (this.#checkpoint && this.#checkpoint.mode !== time)
        throw new AmendsError('AMENDS_MODE_MIXED', [
          `${this.#changelog}/${this.id.partition} was written in "${this.#checkpoint.mode}" mode, this process runs in "${time}" mode`,
        ]);
      if (!this.#checkpoint) {
        await mustBeItsFirstLife(log, this.id, { topic: this.#changelog, id: this.#topics.get(this.#changelog).id }, this.#abort.signal);
        await this.#askSibling();
      }
      await this.#topics.describeInputs();
      const sources = await this.#openSources();
      reader = log.read();
      for (const source of sources) reader.add({ topic: source.topic, partition: source.partition, offset: source.next });
      const { board, telemetry, hostClock } = this.#process;
      const parts = {
        task: this.id,
        sources,
        store: this.#store,
        dispatch: this.#dispatch,
        log,
        hostClock,
        board,
        upstream: this.#upstream,
        changelog: { topic: this.#changelog, id: this.#topics.get(this.#changelog).id },
        siblings: { stage: this.id.stage, partitions: this.#topics.tasks, changelogId: this.#topics.get(this.#changelog).id },
        siblingSlackMs: this.#process.siblingSlackMs,
        telemetry,
      };
      const keeping: TimeKeeping = time === 'live' ? new LiveMode(parts) : new RecordsMode(parts);
      if (this.#checkpoint) {
        keeping.restore(this.#checkpoint);
        if (time === 'records') this.#store.raise(this.#checkpoint.clock);
      }
      keeping.isStopped = this.#store.hasAny(stoppedTable.name);
      this.#actions.push((batch) => this.#dispatch.retryFailed(batch));
      if (this.#abort.signal.aborted) throw new Error('closed');
      this.#running = { writer, reader, sources, byName: new Map(sources.map((source) => [source.name, source])), time: keeping };
      this.#become('running', 'restored');
    } catch (error) {
      await Promise.allSettled([reader?.close(), writer?.close()]);
      await this.#fail(error);
    } finally {
      this.#isTakingOver = false;
    }
  }

  /** Where each input was, and what has happened to the topics meanwhile. */
  async #openSources(): Promise<readonly Source[]> {
    const { sources, recreated, repartitioned } = await openSources({
      log: this.#process.log,
      stage: this.#stage,
      partition: this.id.partition,
      checkpoint: this.#checkpoint,
      described: this.#topics.get,
    });
    for (const source of recreated) this.#noteGap(source, 'recreated', undefined);
    for (const { topic, before, now } of repartitioned) this.#stopForPartitions(topic, before, now);
    return sources;
  }

  /**
   * What nobody read may be about every row last touched before the first record that is kept (`kept`: its time), and where
   * none is, before now; of another input too, whose records may even still wait.
   */
  #noteGap(source: Source, kind: 'trimmed' | 'recreated', kept: Instant | undefined): void {
    const { time, hostClock } = this.#process;
    const found = time === 'live' ? hostClock.now() : undefined;
    this.#actions.push((batch) =>
      this.#dispatch.gap(batch, source, kind, instant(Math.max(source.last, kept === undefined ? (found ?? batch.now) : kept - 1))),
    );
  }

  /** A task that partitions were added for begins without what the tasks before it know: it concludes and pays nothing either. */
  async #askSibling(): Promise<void> {
    const { log } = this.#process;
    const changelog = { topic: this.#changelog, partition: this.id.partition, ...this.#topics.get(this.#changelog) };
    const sibling = await siblingOf(log, changelog, this.#tables, this.#abort.signal);
    if (!sibling) return;
    for (const { topic } of this.#stage.inputs) {
      const before = sibling.partitions[topic.name];
      const { partitions } = this.#topics.get(topic.name);
      if (before !== undefined && before !== partitions) this.#stopForPartitions(topic.name, before, partitions);
    }
    const { stopped } = sibling;
    if (stopped) this.#actions.push((batch) => this.#dispatch.stop(batch, stopped.code, stopped.why, batch.now));
  }

  #stopForPartitions(topic: string, before: number, now: number): void {
    this.#actions.push((batch) =>
      this.#dispatch.stop(batch, 'AMENDS_PARTITIONS_CHANGED', `${topic} had ${before} partitions and has ${now}`, batch.now),
    );
  }

  /**
   * In live time topics can be changed under a running task. What was added before a deadline is known before its grace has
   * passed: the slack is less than that.
   */
  async #watchTopics(): Promise<void> {
    const { hostClock, time, siblingSlackMs } = this.#process;
    const now = hostClock.now();
    if (time !== 'live' || !hasElapsed(now, this.#describedAt, Math.min(describeEveryMs, siblingSlackMs))) return;
    this.#describedAt = now;
    await mustBeTheSame(this.#process.log, { topic: this.#changelog, id: this.#topics.get(this.#changelog).id });
    for (const changed of await this.#topics.changed()) this.#stopForPartitions(changed.topic, changed.before, changed.now);
  }

  async #fetch(): Promise<void> {
    const { reader, byName } = this.#mustRun();
    for (const fetched of await reader.poll({ bytes: fetchBytes, waitMs: 0 }, this.#abort.signal)) {
      const source = byName.get(`${fetched.topic}/${fetched.partition}`);
      if (!source) continue;
      const { gap } = fetched;
      if (gap) this.#noteGap(source, gap, fetched.records[0]?.timestamp);
      source.take(fetched);
      source.throttle(reader);
    }
  }

  #mustRun(): Running {
    if (!this.#running) throw new Error('not running');
    return this.#running;
  }

  async #runBatch(): Promise<boolean> {
    const { time } = this.#mustRun();
    await this.#fetch();
    await this.#watchTopics();
    await time.prove();
    if (this.#blocked) return false;
    const first = await this.#attempt(true);
    return first === 'refused' ? (await this.#attempt(false)) === 'done' : first === 'done';
  }

  /** Fills and commits one batch. `refused`: the permit was, and nothing has happened. */
  async #attempt(money: boolean): Promise<'done' | 'nothing' | 'refused'> {
    const { time } = this.#mustRun();
    const batch = new Batch({
      store: this.#store,
      now: time.now,
      money,
      inOrderOfTime: this.#process.time === 'records',
      ...(this.#process.time === 'records' && { permit: (asking: Batch) => this.#dispatch.permits(asking) }),
      partitionsOf: (topic) => this.#topics.get(topic).partitions,
    });
    try {
      return await this.#complete(batch, money);
    } catch (error) {
      // Whatever failed: the store is kept, and what the batch took out of its deadlines is due again.
      batch.overlay.discard();
      throw error;
    }
  }

  async #complete(batch: Batch, money: boolean): Promise<'done' | 'nothing' | 'refused'> {
    const { writer, sources, reader, time } = this.#mustRun();
    const { hostClock } = this.#process;
    const startedAt = hostClock.now();
    const actions = [...this.#actions];
    for (const action of actions) {
      batch.begin(batch.now);
      action(batch);
    }
    batch.isStopped = this.#dispatch.stopped(batch).length > 0;
    batch.money = money && !batch.isStopped && !this.#dispatch.hasUnreadBroadcast(batch);
    const limit = this.#oneByOne > 0 ? 1 : this.#process.batchRecords;
    const later = time.fillBatch(batch, limit);
    if (later) this.#blockUntil(later);
    const moved = sources.filter((source) => source.hasMoved);
    if (batch.overlay.changes.length === 0 && batch.outgoing.length === 0 && moved.length === 0) {
      batch.overlay.commit(this.#store.appliedOffset);
      time.discarded();
      this.#actions = this.#actions.slice(actions.length);
      this.#noteStops(batch, time);
      return batch.woken > 0 ? 'done' : 'nothing';
    }
    const { log, time: mode } = this.#process;
    const checkpoint = checkpointOf({
      mode,
      number: (this.#checkpoint?.number ?? 0) + 1,
      clock: time.checkpointClock,
      sources,
      described: this.#topics.get,
      changelog: this.#changelog,
      release: this.#process.version,
    });
    const timestamp = batch.now === never ? startedAt : batch.now;
    const records = recordsOf(batch, checkpoint, { topic: this.#changelog, partition: this.id.partition }, timestamp, this.#scratch);
    const permit = (): Promise<boolean> => mayMoneyMove({ batch, stage: this.#stage, sources, log, described: this.#topics.get });
    const outcome = await writer.commit(records, batch.guarded > 0 && mode === 'live' ? permit : undefined);
    if (outcome.outcome !== 'committed') {
      batch.overlay.discard();
      for (const source of sources) source.rollback();
      time.discarded();
      this.#process.telemetry({ name: 'TransactionFailed', ...this.id, outcome: outcome.outcome, why: outcome.reason });
      if (outcome.outcome === 'aborted' && outcome.reason === 'permit') {
        this.#process.telemetry({ name: 'PermitRefused', ...this.id });
        if (money) return 'refused';
      }
      this.#isolate(batch, outcome);
      if (outcome.outcome === 'fenced') this.#noteFenced(outcome.reason);
      throw new Error(`transaction ${outcome.outcome}: ${outcome.reason}`);
    }
    this.#actions = this.#actions.slice(actions.length);
    // The store holds it now: a task taken over afresh reads only what comes behind.
    this.#checkpoint = checkpoint;
    batch.overlay.commit(outcome.ends.find((end) => end.topic === this.#changelog)?.offset ?? this.#store.appliedOffset);
    const consumed = consumedOf(moved);
    for (const source of moved) {
      source.commit();
      source.throttle(reader);
    }
    time.committed();
    this.#failures = 0;
    this.#oneByOne = Math.max(0, this.#oneByOne - 1);
    this.#noteStops(batch, time);
    for (const happening of happeningsOf(this.id, batch, consumed, hostClock.now() - startedAt)) this.#process.telemetry(happening);
    return 'done';
  }

  /** Throws AMENDS_TRANSACTIONAL_ID_IN_USE where it has become a habit. */
  #noteFenced(reason: string): void {
    const now = this.#process.hostClock.now();
    this.#fencedAt = [...this.#fencedAt.filter((at) => !hasElapsed(now, at, fencedOftenMs)), now];
    if (this.#fencedAt.length < fencedOften) return;
    const id = transactionalIdOf(this.#process.application, this.id.stage, this.id.partition);
    throw new AmendsError('AMENDS_TRANSACTIONAL_ID_IN_USE', [`${id} was taken ${this.#fencedAt.length} times within a minute; ${reason}`]);
  }

  #noteStops(batch: Batch, time: TimeKeeping): void {
    time.isStopped = batch.isStopped;
    this.#stopped = this.#dispatch
      .stopped(batch)
      .map(({ code, why }) => `${code}: ${why}: ${catalogue[code].cure}; then \`amends release ${this.id.stage}\``);
  }

  #blockUntil(ready: Promise<void>): void {
    this.#blocked = true;
    const unblock = (): void => {
      this.#blocked = false;
    };
    ready.then(unblock, unblock);
  }

  /** A batch that can never be written is done again record by record, and the one that can't be written is set aside. */
  #isolate(batch: Batch, outcome: Outcome): void {
    if (outcome.outcome !== 'aborted' || !outcome.tooLarge) return;
    if (this.#oneByOne > 0) this.#dispatch.setAside(batch.nameOfLast(), outcome.reason);
    else this.#oneByOne = batch.folded + batch.woken;
  }
}
