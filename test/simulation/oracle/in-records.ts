import type { LogRecord } from '../../../src/engine/log.ts';
import type { Input, Stage } from '../../../src/engine/stage.ts';
import type { Decision } from '../../../src/topics/decisions.ts';
import { decisions } from '../../../src/topics/decisions.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import type { Issue } from '../../../src/topics/issues.ts';
import { issues } from '../../../src/topics/issues.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { topicOf } from '../../../src/topics/remedies.ts';
import type { Instant } from '../../../src/values/time.ts';
import { instant, never } from '../../../src/values/time.ts';
import type { Observed } from '../observed.ts';
import { kinds } from './outputs-read.ts';
import type { Emitted } from './plain-task.ts';
import { PlainTask } from './plain-task.ts';
import { readingOf, stagesOf } from './reading.ts';

/** Something that a stage folds at a time. */
interface Arrival {
  readonly time: Instant;
  readonly place: number;
  readonly input: Input;
  readonly record: LogRecord | undefined;
  readonly emitted: (Emitted & { readonly nth: number }) | undefined;
}

/** What comes of a history, each with the time at which it is concluded. */
export interface Concluded {
  readonly issues: readonly { readonly value: Issue; readonly at: Instant }[];
  readonly decisions: readonly { readonly value: Decision; readonly at: Instant }[];
  readonly commands: readonly { readonly value: Command; readonly at: Instant }[];
}

/**
 * What the pipeline must conclude from a history in `records` time: each stage by itself over the whole log, those behind after
 * those before, as one task. At one instant come outside records (by place, partition, offset), what stages before said (by the
 * topic's order), then timers (by deadline, table, key). Evidence on `amends.issues` is a position in the order of `issues` here.
 */
export const concludedFrom = (run: Observed): Concluded => {
  const said: Emitted[] = [];
  for (const stage of stagesOf(run)) said.push(...runStage(run, stage, said));
  const of = <T>({ name }: Topic<T>): { value: T; at: Instant }[] =>
    said.filter((one) => one.topic === name).map(({ value, at }) => ({ value: value as T, at }));
  return {
    issues: of(issues),
    decisions: of(decisions),
    commands: kinds.flatMap((kind) => of(topicOf(kind))),
  };
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const inOrder = (a: Arrival, b: Arrival): number => {
  if (a.time !== b.time) return a.time - b.time;
  if (a.record && b.record) return a.place - b.place || a.record.partition - b.record.partition || a.record.offset - b.record.offset;
  if (a.record || b.record) return a.record ? -1 : 1;
  const orderOf = ({ input, emitted }: Arrival): string => input.topic.order?.(emitted?.value) ?? '';
  return a.place - b.place || compare(orderOf(a), orderOf(b)) || (a.emitted?.nth ?? 0) - (b.emitted?.nth ?? 0);
};

const arrivalsOf = (run: Observed, stage: Stage, said: readonly Emitted[]): readonly Arrival[] =>
  stage.inputs
    .flatMap((input, place): readonly Arrival[] =>
      input.written === 'outside'
        ? (run.inputs.get(input.topic.name) ?? []).map((record) => ({ time: record.timestamp, place, input, record, emitted: undefined }))
        : said
            .filter(({ topic }) => topic === input.topic.name)
            .map((emitted, nth) => ({ time: emitted.at, place, input, record: undefined, emitted: { ...emitted, nth } })),
    )
    .toSorted(inOrder);

/** One stage over all that it reads. */
const runStage = (run: Observed, stage: Stage, said: readonly Emitted[]): readonly Emitted[] => {
  const task = new PlainTask({ pastIsNow: true });
  const held = new Map<string, Map<string, number>>();
  /** Rows of held subjects as they were when they last could say what is over. */
  const heard = new Map<string, unknown>();
  const unreadControls = new Set<string>();
  const whenHeld = new Set(stage.rows.filter((rows) => rows.whenHeld).map(({ table }) => table.name));
  let present: Instant = never;

  const hold = (subject: string, topic: string, at: Instant): void => {
    const topics = held.get(subject) ?? new Map<string, number>();
    held.set(subject, topics.set(topic, Math.max(topics.get(topic) ?? -Infinity, at)));
  };
  const release = (subject: string, topic: string, observedAt: number): void => {
    const topics = held.get(subject);
    const since = topics?.get(topic);
    if (!topics || since === undefined || observedAt <= since) return;
    topics.delete(topic);
    if (topics.size === 0) held.delete(subject);
  };
  const take = ({ input, record, emitted }: Arrival): void => {
    const topic = input.topic.name;
    if (emitted) {
      input.handle(emitted.value, { topic, partition: 0, offset: emitted.nth, time: present }, task);
      return;
    }
    if (!record) return;
    const reading = readingOf(input, record, run.partitions);
    if (reading.kind === 'tick') return;
    if (reading.kind === 'read') {
      const { partition, offset } = record;
      input.handle(reading.value, { topic, partition, offset, time: present }, task);
      if (input.whole) unreadControls.delete(String(record.key));
      else release(String(record.key), topic, input.topic.observedAt?.(reading.value) ?? present);
    } else if (input.whole) unreadControls.add(String(record.key));
    else for (const subject of reading.subjects) hold(subject, topic, present);
  };

  const isHeld = (key: string): boolean => held.has(key.split('/')[0] ?? '');
  const isLeftOut = (table: string, key: string, state: unknown): boolean =>
    isHeld(key) && (!whenHeld.has(table) || heard.get(`${table} ${key}`) === state);

  const arrivals = arrivalsOf(run, stage, said);
  for (let next = 0; ;) {
    const arrival = arrivals[next];
    const due = task.firstDue(isLeftOut);
    const dueAt = due ? Math.max(due.wakeAt, present) : Infinity;
    task.money = unreadControls.size === 0;
    if (arrival && arrival.time < run.until && arrival.time <= dueAt) {
      present = instant(Math.max(arrival.time, present));
      task.now = present;
      take(arrival);
      next += 1;
    } else if (due && dueAt < run.until) {
      present = instant(dueAt);
      task.now = present;
      task.silence = !isHeld(due.key);
      task.wake(stage.rows, due);
      if (!task.silence) heard.set(`${due.table} ${due.key}`, task.state(due.table, due.key));
      task.silence = true;
    } else return task.emitted;
  }
};
