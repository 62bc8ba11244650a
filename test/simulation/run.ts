import { createHash } from 'node:crypto';
import type { FaultHook, FaultPoint, Log, LogRecord, Outgoing } from '../../src/engine/log.ts';
import { taskName } from '../../src/engine/log.ts';
import type { Engine, TaskReport } from '../../src/engine/engine.ts';
import type { Stage } from '../../src/engine/stage.ts';
import { changelogOf, deadLettersTopic, topicsNeeded } from '../../src/engine/topics.ts';
import type { Topic } from '../../src/formats/topic.ts';
import type { Happening } from '../../src/happenings/happening.ts';
import type { OpenTransaction } from '../../src/log/memory/embedded-broker.ts';
import { EmbeddedBroker } from '../../src/log/memory/embedded-broker.ts';
import { pipeline } from '../../src/pipeline.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { controls, firstArmed } from '../../src/topics/controls.ts';
import { issues } from '../../src/topics/issues.ts';
import { DrivenClock } from '../../src/values/clock.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import { tickHeader } from '../../src/values/record.ts';
import type { Instant } from '../../src/values/time.ts';
import { after, hourMs, instant, minuteMs, secondMs } from '../../src/values/time.ts';
import { Chance } from '../../src/world/chance.ts';
import { partitionFor } from '../../src/world/world-record.ts';
import { altered } from '../engine/support/altered.ts';
import type { FaultKind } from './fault-kinds.ts';
import { faultKinds, Tally } from './fault-kinds.ts';
import { HostClock } from './host-clock.ts';
import { Member } from './member.ts';
import type { Observed } from './observed.ts';
import { Outside } from './outside.ts';
import type { Deed, Plan, RequestFault } from './plan.ts';
import { inMinutes, shipped } from './policies.ts';
import { stoppedMidway } from './stopped-midway.ts';
import { scriptInLive } from './script-in-live.ts';
import { scriptInRecords } from './script-in-records.ts';
import type { Script, Told } from './story.ts';

const application = 'sim';

/** What is due within this of a deadline is proven before anything may be concluded: less than the least proof grace of the policies. */
const siblingSlackMs = 5_000;

/** What a run leaves. */
export interface Ran {
  readonly observed: Observed;
  readonly script: Script;
  readonly faults: Tally;
  /** What kept the fleet from coming to rest, in words. */
  readonly problems: readonly string[];
  /** SHA-256 of every request, fault and happening in their order. */
  readonly trace: string;
}

/** Lets everything that is ready to run, run. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** One run of the pipeline by a seed's plan: told its script, hit by its faults, brought to rest. */
export class Run {
  readonly #plan: Plan;
  readonly #chance: Chance;
  readonly #policy: Policy;
  readonly #stages: readonly Stage[];
  readonly #script: Script;
  readonly #clock: DrivenClock;
  readonly #broker: EmbeddedBroker;
  readonly #outside: Outside;
  readonly #topics: ReadonlyMap<string, Topic<unknown>>;
  readonly #partitions = new Map<string, number>();
  readonly #members: Member[] = [];
  readonly #tally = new Tally();
  readonly #trace = createHash('sha256');
  readonly #problems: string[] = [];
  readonly #lastInputs = new Map<string, string>();
  readonly #isTimersAlone = new Map<string, boolean>();
  readonly #lastOwner = new Map<string, Member>();
  readonly #split: { readonly detecting: readonly Stage[]; readonly care: readonly Stage[] };
  readonly #aheadSeen = new Set<Member>();
  /** Of this topic the next records are forgotten before anybody can read them. */
  #trimNext: string | undefined;
  readonly #unread = new Set<string>();
  #requests: RequestFault[];
  #deeds: Deed[];
  /** How far the run has come, 0 to 1. */
  #progress = 0;
  #stallUntil = -Infinity;
  #isHealed = false;
  #wantsRebalance = false;
  #did = false;
  #idleStepMs = 20;
  #busy: { readonly topic: string; readonly partition: number; open: OpenTransaction | undefined; rounds: number } | undefined;
  #laggards: Member[] = [];
  #latch = 1;
  #rearmFrom: number | undefined;
  #isRegrown = false;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#chance = new Chance(plan.seed, 'run');
    this.#policy = plan.mode === 'live' ? inMinutes : shipped;
    this.#stages = pipeline({ policy: this.#policy, act: true });
    const start = instant(Date.UTC(2026, 11, 1, 10));
    const script = plan.mode === 'live' ? scriptInLive(plan.seed, start) : scriptInRecords(plan.seed, start);
    this.#script = plan.isStoppedMidway ? stoppedMidway(script, this.#policy.hash, this.#chance) : script;
    this.#clock = new DrivenClock(start);
    this.#broker = new EmbeddedBroker({ clock: this.#clock });
    this.#requests = plan.requests.map((each) => ({ ...each }));
    this.#deeds = [...plan.deeds];
    for (const { name, ...settings } of topicsNeeded({ application, stages: this.#stages, partitions: plan.partitions, time: plan.mode })) {
      this.#broker.createTopic(name, settings);
      this.#partitions.set(name, settings.partitions);
    }
    const inputs = this.#stages.flatMap((stage) => stage.inputs.filter(({ written }) => written === 'outside'));
    this.#topics = new Map(inputs.map(({ topic }) => [topic.name, topic]));
    this.#outside = new Outside(this.#broker, this.#topics.keys());
    this.#split = {
      detecting: this.#stages.filter(({ name }) => name !== 'care'),
      care: this.#stages.filter(({ name }) => name === 'care'),
    };
  }

  async run(): Promise<Ran> {
    const { processes, isSplit, isSwitchLate } = this.#plan;
    if (!isSwitchLate) await this.#arm();
    for (let index = 0; index < (isSplit ? Math.max(2, processes) : processes); index += 1)
      this.#enlist(isSplit ? (index % 2 === 0 ? this.#split.detecting : this.#split.care) : this.#stages);
    await (this.#plan.mode === 'live' ? this.#live() : this.#recorded());
    this.#outside.copy();
    return {
      observed: this.#observed(),
      script: this.#script,
      faults: this.#tally,
      problems: this.#problems,
      trace: this.#trace.digest('hex'),
    };
  }

  // Time

  /** `records` time: chapter by chapter, each told, ended by a tick, and worked through or not quite. */
  async #recorded(): Promise<void> {
    const { told, end, until } = this.#script;
    const chapters = this.#chance.int(6, 12);
    let at = 0;
    for (let chapter = 1; chapter <= chapters; chapter += 1) {
      const upTo = chapter === chapters ? told.length : Math.floor((told.length * chapter) / chapters);
      this.#progress = (0.65 * chapter) / chapters;
      const slice = told.slice(at, upTo);
      const middle = this.#chance.int(0, slice.length);
      await this.#tell(slice.slice(0, middle));
      await this.#act();
      await this.#rounds(this.#chance.int(0, 6));
      await this.#tell(slice.slice(middle));
      const last = told[upTo - 1];
      // Strictly after what was told, and not after what will be: nothing is late.
      if (last && this.#chance.happens(0.7)) await this.#tick(last.record.timestamp);
      await this.#rounds(this.#chance.happens(0.5) ? 400 : this.#chance.int(2, 20));
      at = upTo;
    }
    if (this.#plan.isSwitchLate) await this.#arm(end);
    const steps = 6;
    for (let step = 1; step <= steps; step += 1) {
      this.#progress = 0.65 + (0.35 * step) / (steps + 1);
      await this.#act();
      await this.#tick(instant(Math.round(end + ((until - end) * step) / (steps + 1))));
      await this.#rounds(this.#chance.happens(0.6) ? 400 : this.#chance.int(2, 20));
    }
    this.#heal();
    if (this.#rearmFrom !== undefined) await this.#arm(instant(Math.round(end + ((until - end) * steps) / (steps + 1))));
    await this.#tick(until);
    await this.#comeTo(until);
  }

  /** Live time: from step to step, some long and some short, a few rounds after each. */
  async #live(): Promise<void> {
    const { told, start, end, until } = this.#script;
    let at = 0;
    while (this.#clock.now() < until) {
      const now = this.#clock.now();
      this.#progress = now < end ? (0.7 * (now - start)) / (end - start) : 0.7 + (0.29 * (now - end)) / (until - end);
      await this.#act();
      const next = told[at]?.record.timestamp ?? until;
      const stepMs = this.#chance.weighted([[this.#chance.int(50, 900), 2], [this.#chance.int(1_000, 5_000), 5], [this.#chance.int(6_000, 15_000), 2]]); // prettier-ignore
      await this.#pass(Math.max(1, Math.min(stepMs, Math.max(next - now, 50))));
      let upTo = at;
      while ((told[upTo]?.record.timestamp ?? Infinity) <= this.#clock.now()) upTo += 1;
      await this.#tell(told.slice(at, upTo));
      at = upTo;
      if (this.#plan.isSwitchLate && this.#latch === 1 && this.#progress > 0.35) await this.#arm();
      await this.#rounds(this.#chance.int(2, 5));
    }
    this.#heal();
    if (this.#rearmFrom !== undefined) await this.#arm();
    await this.#comeTo(after(this.#clock.now(), 2 * minuteMs));
  }

  async #pass(forMs: number): Promise<void> {
    await this.#clock.advanceBy(forMs);
  }

  /** So many rounds, fewer where nothing is left to do. */
  async #rounds(most: number): Promise<void> {
    let idle = 0;
    this.#idleStepMs = 20;
    for (let round = 0; round < most && idle < 3; round += 1) {
      await this.#round();
      const isQuiet = !this.#did && !this.#isUnderWay();
      idle = isQuiet ? idle + 1 : 0;
      if (!this.#did && this.#plan.mode === 'records') await this.#rest();
    }
  }

  /** Time passes while nobody has anything to do: the longer the more of it. */
  async #rest(): Promise<void> {
    await this.#pass(this.#idleStepMs);
    this.#idleStepMs = Math.min(2_000, this.#idleStepMs * 1.5);
  }

  /** A tick of every process that isn't busy with the last one. */
  async #round(): Promise<void> {
    this.#supervise();
    this.#rebalance();
    this.#writeBusily();
    this.#did = false;
    for (const member of this.#members) {
      const { engine, life } = member;
      if (member.state !== 'running' || !engine || member.isTicking) continue;
      if (member.pausedRounds > 0) {
        member.pausedRounds -= 1;
        continue;
      }
      member.isTicking = true;
      void this.#tickOf(member, engine, life);
    }
    await turn();
    if (this.#did) this.#idleStepMs = 20;
  }

  async #tickOf(member: Member, engine: Engine, life: number): Promise<void> {
    try {
      const did = await engine.tick();
      if (life !== member.life) return;
      member.isTicking = false;
      if (did) this.#did = true;
    } catch (error) {
      this.#problems.push(`a tick rejects: ${String(error)}`);
      member.isTicking = false;
    }
  }

  #isUnderWay(): boolean {
    return this.#members.some(
      ({ state, isTicking, pausedRounds, engine }) =>
        state === 'starting' ||
        state === 'down' ||
        state === 'stopping' ||
        isTicking ||
        pausedRounds > 0 ||
        engine?.tasks().some((task) => task.state !== 'running'),
    );
  }

  /** Everybody is well again; runs until all tasks have come to `until` and nothing is left to do. */
  async #comeTo(until: Instant): Promise<void> {
    const wanted = this.#stages.reduce((sum, { name }) => sum + (this.#partitions.get(changelogOf(application, name)) ?? 0), 0);
    const isHeldForGood = this.#plan.deeds.some(({ kind }) => kind === 'partitions are added');
    const giveUpAt = after(this.#clock.now(), Math.max(until - this.#clock.now(), 0) * (this.#plan.mode === 'live' ? 1 : 0) + 4 * minuteMs);
    let idle = 0;
    for (let round = 0; round < 20_000; round += 1) {
      await this.#round();
      const reports = this.#reports();
      const running = reports.filter(({ state }) => state === 'running');
      const isThere = running.length === wanted && running.every(({ clock }) => clock >= until);
      idle = isThere && !this.#did ? idle + 1 : 0;
      if (idle >= 6) return;
      if (this.#clock.now() > giveUpAt) {
        if (!isHeldForGood) this.#problems.push(...this.#whyNot(reports, wanted, until));
        return;
      }
      if (isThere && this.#did) continue;
      if (this.#plan.mode === 'records') {
        if (!this.#did) await this.#rest();
      } else await this.#pass(isThere ? 100 : 700);
    }
    this.#problems.push('the fleet does not come to rest in 20,000 rounds');
  }

  #reports(): readonly TaskReport[] {
    const reports = this.#members.flatMap(({ engine }) => engine?.tasks() ?? []);
    return [...new Map(reports.map((report) => [`${taskName(report)} ${report.state === 'running'}`, report])).values()];
  }

  #whyNot(reports: readonly TaskReport[], wanted: number, until: Instant): readonly string[] {
    const behind = reports.filter(({ state, clock }) => state !== 'running' || clock < until);
    const words = behind.map(
      (task) =>
        `${taskName(task)} is ${task.state} at ${Number.isFinite(task.clock) ? new Date(task.clock).toISOString() : 'no time'}: ${task.why}`,
    );
    return [
      `of ${wanted} tasks ${reports.length - behind.length} came to ${new Date(until).toISOString()} once all faults were over`,
      ...words,
    ];
  }

  // Processes

  #enlist(stages: readonly Stage[]): Member {
    const member: Member = new Member(`process-${this.#members.length}`, stages, new HostClock(this.#clock, () => this.#noteAhead(member)));
    this.#members.push(member);
    return member;
  }

  #noteAhead(member: Member): void {
    if (!this.#aheadSeen.has(member)) this.#tally.add('a host clock is ahead');
    this.#aheadSeen.add(member);
  }

  #supervise(): void {
    for (const member of this.#members) {
      if (member.state !== 'down' || member.startAt > this.#clock.now()) continue;
      const life = member.life + 1;
      const hook: FaultHook = async (point, owner) => {
        const outcome = member.life === life ? await this.#meet(member, point, owner) : 'none';
        this.#trace.update(`${this.#clock.now()} ${member.name} ${point} ${owner} ${outcome}\n`);
        return outcome;
      };
      const log = this.#broker.connect({ name: `${member.name}-${life}`, faults: hook });
      member.start(
        log,
        {
          application,
          log: this.#watched(log, member, life),
          time: this.#plan.mode,
          telemetry: (happening) => this.#hear(happening),
          batchRecords: this.#plan.batchRecords,
          siblingSlackMs,
        },
        () => after(this.#clock.now(), secondMs),
      );
    }
  }

  /** Knows which commits wait for an answer, and which of them hold nothing but what timers did. */
  #watched(log: Log, member: Member, life: number): Log {
    return altered(log, {
      write: async (id, signal) => {
        const writer = await log.write(id, signal);
        return {
          close: () => writer.close(),
          commit: async (records, permit) => {
            const inputs = inputsOf(records);
            this.#isTimersAlone.set(id, this.#lastInputs.get(id) === inputs);
            member.inFlight += 1;
            const outcome = await writer.commit(records, permit);
            if (member.life === life) member.inFlight -= 1;
            if (outcome.outcome === 'committed') this.#lastInputs.set(id, inputs);
            return outcome;
          },
        };
      },
    });
  }

  #hear(happening: Happening): void {
    this.#trace.update(`${JSON.stringify(happening)}\n`);
    if (happening.name === 'TransactionFailed' && happening.outcome === 'fenced') this.#tally.add('an owner is fenced');
    if (happening.name === 'GapFound') this.#tally.add(happening.kind === 'trimmed' ? 'input is trimmed' : 'the switch is recreated');
    if (happening.name === 'AbsenceStopped' && happening.code === 'AMENDS_PARTITIONS_CHANGED') this.#tally.add('partitions are added');
  }

  // Faults that meet a request

  async #meet(member: Member, point: FaultPoint, owner: string): ReturnType<FaultHook> {
    if (this.#isHealed) return 'none';
    if (this.#clock.now() < this.#stallUntil) {
      this.#tally.add('the log stalls');
      await this.#clock.wait(this.#stallUntil - this.#clock.now());
    }
    if (this.#clock.now() < member.mutedUntil && (point === 'heartbeat' || point === 'join')) {
      this.#tally.add('the coordinator is out of reach');
      return 'lose-request';
    }
    if (point === 'initialise') this.#lastOwner.set(owner, member);
    for (const fault of this.#requests) {
      if (this.#progress < fault.from || !fault.points.includes(point) || !owner.includes(fault.owner)) continue;
      if (fault.timersAlone && this.#isTimersAlone.get(owner) !== true) continue;
      fault.nth -= 1;
      if (fault.nth > 0) continue;
      this.#requests = this.#requests.filter((each) => each !== fault);
      return this.#fire(fault, member, owner);
    }
    return 'none';
  }

  async #fire(fault: RequestFault, member: Member, owner: string): ReturnType<FaultHook> {
    const { kind, outcome } = fault;
    const now = this.#clock.now();
    if (outcome === 'crash') {
      this.#tally.add(kind);
      member.down(after(now, this.#chance.int(0, 12) * secondMs));
      return 'crash';
    }
    switch (kind) {
      case 'a zombie initialises after the true owner':
        if (fault.points[0] === 'end') {
          // Its batch fails, so it takes over afresh: that is held up while the group gives its task away.
          this.#requests.push({ ...fault, points: ['initialise'], owner, nth: 1 });
          if (this.#members.filter(({ stages }) => stages === member.stages).length < 2) this.#enlist(member.stages);
          return 'refuse';
        }
        member.mutedUntil = after(now, 14 * secondMs);
        await this.#clock.wait(this.#chance.int(9, 12) * secondMs);
        if (this.#lastOwner.get(owner) !== member) this.#tally.add(kind);
        return 'none';
      case 'a rebalance in the middle of a batch':
        this.#wantsRebalance = true;
        await this.#clock.wait(this.#chance.int(300, 3_000));
        return 'none';
      case 'a fetch is delayed':
        this.#tally.add(kind);
        await this.#clock.wait(this.#chance.int(200, 4_000));
        return 'none';
      case 'the log stalls':
        this.#tally.add(kind);
        this.#stallUntil = after(now, this.#chance.int(500, 9_000));
        await this.#clock.wait(this.#stallUntil - now);
        return 'none';
      case 'the coordinator is out of reach':
        this.#tally.add(kind);
        member.mutedUntil = after(now, this.#chance.int(2, 12) * secondMs);
        return outcome;
      default:
        this.#tally.add(kind);
        if (kind === 'the answer to a commit of timers alone is lost') this.#tally.add('the answer to a commit is lost');
        return outcome;
    }
  }

  #rebalance(): void {
    if (!this.#wantsRebalance || !this.#members.some(({ inFlight }) => inFlight > 0)) return;
    this.#wantsRebalance = false;
    this.#tally.add('a rebalance in the middle of a batch');
    this.#enlist(this.#plan.isSplit ? this.#chance.pick([this.#split.detecting, this.#split.care]) : this.#stages);
    this.#supervise();
  }

  // Faults that are done

  async #act(): Promise<void> {
    const due = this.#deeds.filter(({ from }) => from <= this.#progress);
    this.#deeds = this.#deeds.filter(({ from }) => from > this.#progress);
    for (const { kind } of due) await this.#do(kind);
    if (this.#rearmFrom !== undefined && this.#progress > this.#rearmFrom && this.#plan.mode === 'live') {
      this.#rearmFrom = undefined;
      await this.#arm();
    }
    if (this.#progress > 0.8 && this.#isRegrown) {
      this.#isRegrown = false;
      for (const member of this.#members) this.#stop(member);
    }
    for (const member of this.#members) if (member.clock.aheadMs > 0 && this.#chance.happens(0.15)) member.clock.aheadMs = 0;
  }

  async #do(kind: FaultKind): Promise<void> {
    const running = this.#members.filter(({ state }) => state === 'running');
    const member = running.length > 0 ? this.#chance.pick(running) : undefined;
    switch (kind) {
      case 'a planned stop':
        if (member) {
          this.#tally.add(kind);
          this.#stop(member);
        }
        return;
      case 'a host clock is ahead':
        if (member) member.clock.aheadMs = this.#chance.int(1, 30) * hourMs;
        return;
      case 'a transaction of others is left open':
        this.#leaveOpen();
        return;
      case 'busy writers':
        this.#busy = { ...this.#somePartition(), open: undefined, rounds: this.#chance.int(15, 60) };
        return;
      case 'a clock jumps':
        this.#tally.add(kind);
        await this.#pass(Math.min(this.#chance.int(1, 30) * minuteMs, this.#longestJumpMs()));
        return;
      case 'an upstream stage lags':
        this.#laggards = this.#members.filter(({ stages }) => stages === this.#split.detecting);
        for (const each of this.#laggards) each.pausedRounds = this.#chance.int(10, 60);
        return;
      case 'an upstream stage restores':
        for (const each of this.#members)
          if (each.stages === this.#split.detecting && each.state === 'running') {
            this.#tally.add(kind);
            each.kill(after(this.#clock.now(), this.#chance.int(1, 20) * secondMs));
          }
        return;
      case 'input is trimmed':
        this.#trimNext = this.#chance.pick([...this.#topics.keys()].filter((name) => name.startsWith('delivery.')));
        return;
      case 'the switch is recreated':
        this.#recreateSwitch();
        return;
      case 'partitions are added':
        this.#addPartitions();
        return;
      default:
        throw new Error(`"${kind}" is no deed`);
    }
  }

  /** In live time a jump must leave something of the script. */
  #longestJumpMs(): number {
    return this.#plan.mode === 'live' ? Math.max(0, Math.round(0.4 * (this.#script.until - this.#clock.now()))) : Infinity;
  }

  #stop(member: Member): void {
    const { engine } = member;
    if (member.state !== 'running' || !engine) return;
    member.state = 'stopping';
    const { life } = member;
    const restartMs = this.#chance.int(0, 20) * secondMs;
    void this.#untilStopped(engine).then(() => {
      if (life === member.life) member.down(after(this.#clock.now(), restartMs));
      return undefined;
    });
  }

  /** One that can't leave in good order is over all the same. */
  async #untilStopped(engine: Engine): Promise<void> {
    try {
      await engine.stop();
    } catch {
      // Its session runs out.
    }
  }

  #somePartition(): { readonly topic: string; readonly partition: number } {
    const keyed = [...this.#topics.keys()].filter((name) => name !== controls.name);
    const topic = this.#chance.pick([...keyed, issues.name, issues.name]);
    return { topic, partition: this.#chance.int(0, (this.#partitions.get(topic) ?? 1) - 1) };
  }

  /** A record that will never be committed. */
  #neverCommitted(at: { readonly topic: string; readonly partition: number }): Outgoing {
    return { ...at, key: Buffer.from('nobody'), value: Buffer.from('never committed'), timestamp: this.#clock.now() };
  }

  #leaveOpen(): void {
    const at = this.#somePartition();
    this.#broker.openTransaction().append([this.#neverCommitted(at)]);
    this.#tally.add('a transaction of others is left open');
  }

  /** At all times a transaction of somebody else is open at the end of the partition: the next begins before the last one ends. */
  #writeBusily(): void {
    const busy = this.#busy;
    if (!busy) return;
    const before = busy.open;
    busy.rounds -= 1;
    busy.open = undefined;
    if (busy.rounds > 0) {
      busy.open = this.#broker.openTransaction();
      busy.open.append([this.#neverCommitted(busy)]);
      this.#tally.add('busy writers');
    } else this.#busy = undefined;
    try {
      before?.abort();
    } catch {
      // Its time had run out.
    }
  }

  #recreateSwitch(): void {
    this.#outside.copy();
    this.#broker.deleteTopic(controls.name);
    this.#outside.recreated(controls.name);
    this.#broker.createTopic(controls.name, {
      partitions: 1,
      compacted: true,
      timestamps: this.#plan.mode === 'live' ? 'append' : 'create',
    });
    this.#rearmFrom = this.#progress + 0.1;
  }

  #addPartitions(): void {
    for (const stage of this.#stages) {
      for (const { topic, whole } of stage.inputs) if (!whole) this.#grow(topic.name);
      this.#grow(changelogOf(application, stage.name));
    }
    this.#isRegrown = true;
  }

  #grow(name: string): void {
    const partitions = this.#plan.partitions + 1;
    this.#broker.addPartitions(name, partitions);
    this.#partitions.set(name, partitions);
  }

  // What others write

  async #arm(at: Instant = after(this.#script.start, -1)): Promise<void> {
    const word = firstArmed({ by: 'ops', why: 'go', policyHash: this.#policy.hash, at });
    const { key, value } = controls.encode({ ...word, latch: this.#latch });
    this.#latch += 1;
    this.#rearmFrom = undefined;
    await this.#outside.append([{ topic: controls.name, partition: 0, key, value, timestamp: at }]);
    if (this.#plan.isSwitchLate && this.#progress > 0) this.#tally.add('the switch is empty at the start');
  }

  async #tell(told: readonly Told[]): Promise<void> {
    if (told.length === 0) return;
    for (const { kinds } of told) for (const kind of kinds) this.#tally.add(kind);
    await this.#outside.append(told.flatMap((each) => this.#placed(each)));
    if (this.#laggards.some(({ pausedRounds }) => pausedRounds > 0)) {
      this.#tally.add('an upstream stage lags');
      this.#laggards = [];
    }
    const trimmed = this.#trimNext;
    if (trimmed !== undefined && told.some(({ record }) => record.topic === trimmed)) {
      // Before anybody could read it.
      this.#trimNext = undefined;
      this.#outside.copy();
      for (let partition = 0; partition < (this.#partitions.get(trimmed) ?? 0); partition += 1) {
        const read = this.#readUpTo(trimmed, partition);
        for (const record of this.#broker.records(trimmed, partition)) if (record.offset >= read) this.#unread.add(String(record.key));
        this.#broker.trim([{ topic: trimmed, partition, offset: Infinity }]);
      }
    }
  }

  /** How far delivery has folded one of its inputs, by its last checkpoint. */
  #readUpTo(topic: string, partition: number): number {
    const changelog = this.#broker.records(changelogOf(application, 'delivery'), partition);
    const inputs = JSON.parse(inputsOf(changelog)) as Readonly<Record<string, readonly [next: number, last: number]>> | null;
    return inputs?.[`${topic}/${partition}`]?.[0] ?? 0;
  }

  /**
   * Where its producer puts a record. In `records` time one that can't be read goes to the partition of the subject that it
   * tells too, as `publish` does: the task of each then knows when it happened.
   */
  #placed({ record }: Told): readonly Outgoing[] {
    const partitions = this.#partitions.get(record.topic) ?? 1;
    const { topic, key, value, timestamp } = record;
    const outgoing = { topic, key, value, timestamp };
    const first = partitionFor(record, partitions);
    const places = new Set([first]);
    if (this.#plan.mode === 'records') {
      const decoded = this.#topics.get(topic)?.decode({ ...outgoing, partition: first, offset: 0, headers: () => new Map() });
      if (decoded?.kind === 'unreadable' && decoded.subject !== undefined)
        places.add(partitionOf(Buffer.from(decoded.subject), partitions));
    }
    return [...places].map((partition) => ({ ...outgoing, partition }));
  }

  /** In `records` time: says on every partition of every outside input that time has come to `at`. */
  async #tick(at: Instant): Promise<void> {
    const headers = new Map([[tickHeader, Buffer.alloc(0)]]);
    await this.#outside.append(
      [...this.#topics].flatMap(([topic, { compacted }]) =>
        Array.from({ length: this.#partitions.get(topic) ?? 1 }, (_, partition): Outgoing => {
          const key = compacted ? Buffer.from(tickHeader) : null;
          return { topic, partition, key, value: null, timestamp: at, headers };
        }),
      ),
    );
  }

  // The end

  #heal(): void {
    this.#isHealed = true;
    this.#requests = [];
    this.#deeds = [];
    this.#stallUntil = -Infinity;
    if (this.#busy) this.#busy.rounds = 0;
    for (const member of this.#members) {
      member.clock.aheadMs = 0;
      member.mutedUntil = -Infinity;
      member.pausedRounds = 0;
    }
  }

  #observed(): Observed {
    const { mode, partitions } = this.#plan;
    const of = (names: Iterable<string>): ReadonlyMap<string, readonly LogRecord[]> =>
      new Map([...names].map((name) => [name, this.#broker.records(name)]));
    const kinds = (Object.keys(this.#tally.counts) as FaultKind[]).filter((kind) => faultKinds[kind]);
    const held = this.#script.told.flatMap(({ about }) => (about === undefined ? [] : [about]));
    return {
      mode,
      policy: this.#policy,
      act: true,
      partitions,
      ...(this.#plan.deeds.some(({ kind }) => kind === 'partitions are added') && { partitionsInTheEnd: partitions + 1 }),
      inputs: this.#outside.records,
      outputs: of(new Set([...this.#stages.flatMap(({ outputs }) => outputs.map(({ name }) => name)), deadLettersTopic])),
      changelogs: of(this.#stages.map(({ name }) => changelogOf(application, name))),
      until: mode === 'records' ? this.#script.until : this.#clock.now(),
      weakened: {
        missingAllowed: this.#plan.deeds.some(({ kind }) => faultKinds[kind]),
        subjects: new Set(held),
        unread: this.#unread,
        why: kinds,
      },
    };
  }
}

/** The positions that a transaction's checkpoint says, as text. */
const inputsOf = (records: readonly Pick<Outgoing, 'key' | 'value'>[]): string => {
  const checkpoint = records.findLast(({ key }) => key?.toString('utf8') === 'checkpoint');
  const { inputs } = JSON.parse(checkpoint?.value?.toString('utf8') ?? '{}') as { readonly inputs?: unknown };
  return JSON.stringify(inputs ?? null);
};
