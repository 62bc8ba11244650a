import type { Stage } from '../../../../src/engine/stage.ts';
import { controls } from '../../../../src/topics/controls.ts';
import type { Decision } from '../../../../src/topics/decisions.ts';
import { decisions as decisionsTopic } from '../../../../src/topics/decisions.ts';
import { issues as issuesTopic } from '../../../../src/topics/issues.ts';
import type { Instant } from '../../../../src/values/time.ts';
import { instant } from '../../../../src/values/time.ts';
import type { Observed } from '../../observed.ts';
import { canonical, differenceOf } from '../canonical.ts';
import type { Outputs, Stood } from '../outputs-read.ts';
import { decisionInWords } from '../outputs-read.ts';
import { PlainTask } from '../plain-task.ts';
import { readingOf, stagesOf } from '../reading.ts';

/** Something that care folds for a customer. */
interface Arrival {
  readonly time: Instant;
  readonly place: number;
  /** The first of a broadcast that was made anew: what it said before is void, some time before this. */
  readonly isNew: boolean;
  fold(task: PlainTask): void;
}

/** Decisions that one waking of a case, or several at one clock, made. */
interface Group {
  readonly issue: string;
  readonly at: Instant;
  readonly writtenAt: Instant;
  readonly decisions: Decision[];
}

/** How many ways are tried to arrive at what stands on the log. */
const triesMost = 300;
const wakesMost = 60;
const unconfirmed = 'the switch could not be confirmed';

/** What the log leaves open: when a turn of the switch was passed on to what is held, and whether a switch that will be made anew was void by then. */
const ways = [
  { turn: 'in its place', isVoid: false },
  { turn: 'before', isVoid: false },
  { turn: 'when it was read', isVoid: false },
  { turn: 'in its place', isVoid: true },
] as const;
type Turned = (typeof ways)[number]['turn'];

const groupsOf = (decisions: readonly Stood<Decision>[]): readonly Group[] => {
  const groups: Group[] = [];
  for (const { value, record } of decisions) {
    const last = groups.at(-1);
    if (last && last.issue === value.issue && last.at === value.at) last.decisions.push(value);
    else groups.push({ issue: value.issue, at: value.at, writtenAt: record.timestamp, decisions: [value] });
  }
  return groups;
};

const arrivalsByCustomer = (run: Observed, care: Stage, { issues }: Outputs): ((customer: string) => readonly Arrival[]) => {
  const everybody: Arrival[] = [];
  const own = new Map<string, Arrival[]>();
  const add = (customer: string, arrival: Arrival): void => void (own.get(customer) ?? own.set(customer, []).get(customer))?.push(arrival);
  for (const [place, input] of care.inputs.entries()) {
    if (input.topic.name === issuesTopic.name) {
      for (const { value, record } of issues) {
        const { topic, partition, offset, timestamp: time } = record;
        add(value.customer, { time, place, isNew: false, fold: (task) => input.handle(value, { topic, partition, offset, time }, task) });
      }
      continue;
    }
    let past = -1;
    for (const record of run.inputs.get(input.topic.name) ?? []) {
      const reading = readingOf(input, record, run.partitions);
      const { topic, partition, offset, timestamp: time } = record;
      // A broadcast whose offsets begin again is another topic by the same name, and what the first said is void.
      const isNew = input.whole && offset <= past;
      past = input.whole ? offset : past;
      if (reading.kind !== 'read') continue;
      const fold = (task: PlainTask): void => {
        if (isNew) input.forget?.(task);
        input.handle(reading.value, { topic, partition, offset, time }, task);
      };
      if (input.whole) everybody.push({ time, place, isNew, fold });
      else add(String(record.key), { time, place, isNew, fold });
    }
  }
  return (customer) => [...everybody, ...(own.get(customer) ?? [])].toSorted((a, b) => a.time - b.time || a.place - b.place);
};

/** A customer's cases, led along what stands on the log. */
class Follower {
  readonly #care: Stage;
  readonly #customer: string;
  readonly #isRecords: boolean;
  #task: PlainTask;
  /** What is not folded yet, by input. */
  #left: readonly (readonly Arrival[])[];

  constructor(care: Stage, customer: string, arrivals: readonly Arrival[], isRecords: boolean) {
    this.#care = care;
    this.#customer = customer;
    this.#isRecords = isRecords;
    this.#task = new PlainTask({ pastIsNow: isRecords });
    this.#left = care.inputs.map((_, place) => arrivals.filter((arrival) => arrival.place === place));
  }

  /** Makes the decisions of a group again; what comes out instead where no way leads to them. */
  follow(group: Group): 'same' | readonly Decision[] {
    const wanted = canonical(group.decisions);
    const isMoneyInDoubt = group.decisions.some(({ because }) => because.some(({ saw }) => saw === unconfirmed));
    let instead: readonly Decision[] = [];
    let tries = 0;
    for (const counts of this.#waysUpTo(group)) {
      if ((tries += 1) > triesMost) break;
      for (const way of ways) {
        if (this.#isRecords && way.turn !== 'in its place') continue;
        if (way.isVoid && !this.#left.some((arrivals) => arrivals.some(({ isNew }) => isNew))) continue;
        const task = this.#task.copy();
        const left = this.#fold(task, counts);
        if (way.isVoid) for (const input of this.#care.inputs) input.forget?.(task);
        task.money = !isMoneyInDoubt;
        const made = this.#wake(task, group, way.turn);
        if (canonical(made) === wanted) {
          this.#task = task.copy();
          this.#left = left;
          return 'same';
        }
        if (instead.length === 0) instead = made;
      }
    }
    return instead;
  }

  /** What is still due before `until`, all the log being folded. */
  stillDue(until: Instant): readonly Decision[] {
    const task = this.#task.copy();
    this.#fold(
      task,
      this.#left.map(({ length }) => length),
    );
    task.money = true;
    this.#turn(task, until, false);
    const made: Decision[] = [];
    for (const key of task.keys('cases')) {
      const issue = key.slice(key.indexOf('/') + 1);
      made.push(...this.#wake(task, { issue, at: until, decisions: [], writtenAt: until }, 'before'));
    }
    return made;
  }

  #isBefore(time: number, clock: number): boolean {
    return this.#isRecords ? time <= clock : time < clock;
  }

  /** By input how much may have been folded: first only what must have been, then all, then everything between. */
  *#waysUpTo({ at, writtenAt }: Group): Iterable<readonly number[]> {
    const least = this.#left.map((arrivals) => arrivals.findLastIndex(({ time }) => this.#isBefore(time, at)) + 1);
    const latest = this.#isRecords ? at : writtenAt;
    const most = this.#left.map((arrivals, place) => Math.max(least[place] ?? 0, arrivals.findLastIndex(({ time }) => time <= latest) + 1));
    yield least;
    if (canonical(most) === canonical(least)) return;
    yield most;
    const counts = [...least];
    for (;;) {
      const next = counts.findIndex((count, place) => count < (most[place] ?? 0));
      if (next < 0) return;
      for (let place = 0; place < next; place += 1) counts[place] = least[place] ?? 0;
      counts[next] = (counts[next] ?? 0) + 1;
      yield [...counts];
    }
  }

  #fold(task: PlainTask, counts: readonly number[]): readonly (readonly Arrival[])[] {
    const taken = this.#left.flatMap((arrivals, place) => arrivals.slice(0, counts[place]));
    for (const arrival of taken.toSorted((a, b) => a.time - b.time || a.place - b.place)) {
      task.now = arrival.time;
      arrival.fold(task);
    }
    return this.#left.map((arrivals, place) => arrivals.slice(counts[place]));
  }

  /** A turn of the switch has what is held looked at again, some time between when it was read and the clock. */
  #turn(task: PlainTask, clock: Instant, early: boolean): void {
    for (const key of task.keys('controls')) {
      const wakeAt = task.wakeAt('controls', key);
      if (wakeAt === undefined || !this.#isBefore(wakeAt, clock)) continue;
      task.now = early ? instant(wakeAt) : clock;
      task.wake(this.#care.rows, { table: 'controls', key });
    }
  }

  #wake(task: PlainTask, { issue, at, decisions }: Group, turned: Turned): readonly Decision[] {
    if (turned !== 'in its place') this.#turn(task, at, turned === 'when it was read');
    const key = `${this.#customer}/${issue}`;
    const from = task.emitted.length;
    const made = (): readonly Decision[] =>
      task.emitted
        .slice(from)
        .filter(({ topic }) => topic === decisionsTopic.name)
        .map(({ value }) => value as Decision);
    for (let wakes = 0; wakes < wakesMost; wakes += 1) {
      const wakeAt = task.wakeAt('cases', key) ?? Infinity;
      const turnAt = Math.min(...task.keys('controls').map((turn) => task.wakeAt('controls', turn) ?? Infinity));
      if (!this.#isBefore(Math.min(wakeAt, turnAt), at)) break;
      if (turnAt < wakeAt) {
        this.#turn(task, at, false);
        continue;
      }
      task.now = at;
      task.wake(this.#care.rows, { table: 'cases', key });
      if (decisions.length > 0 && made().length >= decisions.length) break;
    }
    return made();
  }
}

/**
 * Every decision is what care makes of the log as of the clock that it names, word for word, and in the end nothing is left to
 * decide. `isAsked`: whose decisions are looked at; `isExcused`: of whom some may be missing.
 */
export const careFollowed = (
  run: Observed,
  outputs: Outputs,
  isAsked: (customer: string) => boolean,
  isExcused: (customer: string) => boolean,
): readonly string[] => {
  const care = stagesOf(run).find(({ name }) => name === 'care');
  if (!care) return ['the pipeline has no stage "care"'];
  const arrivalsOf = arrivalsByCustomer(run, care, outputs);
  const byCustomer = Map.groupBy(outputs.decisions, ({ value }) => value.customer as string);
  const customers = new Set([...byCustomer.keys(), ...outputs.issues.map(({ value }) => value.customer as string)]);
  const turnsOfSwitch = (run.inputs.get(controls.name) ?? []).map(({ timestamp }) => timestamp);
  const problems: string[] = [];
  for (const customer of [...customers].filter(isAsked)) {
    const follower = new Follower(care, customer, arrivalsOf(customer), run.mode === 'records');
    let isLost = false;
    const followedTo = new Map<string, number>();
    for (const group of groupsOf(byCustomer.get(customer) ?? [])) {
      const instead = follower.follow(group);
      if (instead === 'same') {
        followedTo.set(group.issue, group.at);
        continue;
      }
      // When exactly what was held is looked at again, once the switch has turned, isn't known here: from there on it isn't followed.
      if (run.mode === 'live' && turnsOfSwitch.some((at) => at > (followedTo.get(group.issue) ?? run.until) && at <= group.at)) {
        isLost = true;
        break;
      }
      const [first] = group.decisions;
      const others = instead.length === 0 ? 'nothing' : instead.map(decisionInWords).join(' and ');
      const difference = differenceOf(instead, group.decisions) ?? '';
      const ordered = group.decisions.some(({ outcome, commands }) => outcome === 'ordered' && commands.length > 0);
      if (first)
        problems.push(`${ordered ? 'command' : 'decision'} false: ${decisionInWords(first)}: by the log it is ${others}; ${difference}`);
      isLost = true;
      break;
    }
    if (isLost || run.weakened.missingAllowed || isExcused(customer)) continue;
    for (const decision of follower.stillDue(run.until))
      problems.push(
        `${decision.commands.length > 0 ? 'command' : 'decision'} missing: ${decisionInWords(decision)} was due before and isn't there`,
      );
  }
  return problems;
};
