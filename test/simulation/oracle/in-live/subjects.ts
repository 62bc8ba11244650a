import type { LogRecord } from '../../../../src/engine/log.ts';
import type { Input, Stage } from '../../../../src/engine/stage.ts';
import { configureAll } from '../../../../src/detection/configure-all.ts';
import type { Judgement } from '../../../../src/detection/detector.ts';
import { deliveryDetectors } from '../../../../src/delivery/detectors.ts';
import { shipments } from '../../../../src/delivery/shipments.ts';
import { streamingDetectors } from '../../../../src/streaming/detectors.ts';
import { sessions } from '../../../../src/streaming/sessions.ts';
import type { Instant } from '../../../../src/values/time.ts';
import type { Observed } from '../../observed.ts';
import { PlainTask } from '../plain-task.ts';
import { readingOf, stagesOf } from '../reading.ts';

/** A good record of a subject with the input that it came on. */
interface Read {
  readonly place: number;
  readonly input: Input;
  readonly value: unknown;
  readonly record: LogRecord;
}

/** What a detector finds at a time. */
export type Judge = (now: Instant) => Judgement;

/** A subject as it stood after some of its records. */
export type Standing = (detector: string) => Judge | undefined;

/** All good records of one parcel or session. */
export class Subject {
  readonly #stage: Stage;
  readonly #judges: (task: PlainTask) => Standing;
  /** By input, in the order of the log. */
  readonly #inputs: Read[][];

  constructor(stage: Stage, judges: (task: PlainTask) => Standing) {
    this.#stage = stage;
    this.#judges = judges;
    this.#inputs = stage.inputs.map(() => []);
  }

  add(read: Read): void {
    this.#inputs[read.place]?.push(read);
  }

  /**
   * Every way in which the subject can have stood once all its records before `time` (`inclusive`: at it too) were folded, and
   * perhaps some of those up to `latest`: of each input a prefix, and between inputs any of three orders.
   */
  *standings(time: number, latest: number, inclusive: boolean): Iterable<Standing> {
    const isIn = ({ record }: Read): boolean => (inclusive ? record.timestamp <= time : record.timestamp < time);
    const least = this.#inputs.map((reads) => reads.findLastIndex(isIn) + 1);
    const most = this.#inputs.map((reads, place) =>
      Math.max(least[place] ?? 0, reads.findLastIndex(({ record }) => record.timestamp <= latest) + 1),
    );
    const counts = [...least];
    for (;;) {
      const prefixes = this.#inputs.map((reads, place) => reads.slice(0, counts[place]));
      for (const reads of orders(prefixes)) yield this.#after(reads);
      const next = counts.findIndex((count, place) => count < (most[place] ?? 0));
      if (next < 0) return;
      for (let place = 0; place < next; place += 1) counts[place] = least[place] ?? 0;
      counts[next] = (counts[next] ?? 0) + 1;
    }
  }

  #after(reads: readonly Read[]): Standing {
    const task = new PlainTask({ pastIsNow: false });
    for (const { input, value, record } of reads) {
      const { topic, partition, offset, timestamp: time } = record;
      task.now = time;
      input.handle(value, { topic, partition, offset, time }, task);
    }
    return this.#judges(task);
  }

  /** The stage that keeps it. */
  get stage(): string {
    return this.#stage.name;
  }
}

const orders = (prefixes: readonly (readonly Read[])[]): readonly (readonly Read[])[] => {
  if (prefixes.filter(({ length }) => length > 0).length < 2) return [prefixes.flat()];
  const byTime = prefixes.flat().toSorted((a, b) => a.record.timestamp - b.record.timestamp || a.place - b.place);
  return [byTime, prefixes.flat(), prefixes.toReversed().flat()];
};

/** Every subject of the detecting stages, by its key. */
export const subjectsOf = (run: Observed): ReadonlyMap<string, Subject> => {
  const delivery = configureAll(deliveryDetectors, run.policy.detectors);
  const streaming = configureAll(streamingDetectors, run.policy.detectors);
  const judges: Readonly<Record<string, (key: string) => (task: PlainTask) => Standing>> = {
    delivery: (key) => (task) => (name) => {
      const shipment = task.get(shipments, key)?.shipment;
      const detector = delivery.find((each) => each.name === name);
      return shipment && detector && ((now) => detector.judge(shipment, now));
    },
    streaming: (key) => (task) => (name) => {
      const session = task.get(sessions, key)?.session;
      const detector = streaming.find((each) => each.name === name);
      return session && detector && ((now) => detector.judge(session, now));
    },
  };
  const subjects = new Map<string, Subject>();
  for (const stage of stagesOf(run)) {
    const judge = judges[stage.name];
    if (!judge) continue;
    for (const [place, input] of stage.inputs.entries())
      for (const record of run.inputs.get(input.topic.name) ?? []) {
        const reading = readingOf(input, record, run.partitions);
        if (reading.kind !== 'read') continue;
        const key = String(record.key);
        const subject = subjects.get(key) ?? new Subject(stage, judge(key));
        subjects.set(key, subject);
        subject.add({ place, input, value: reading.value, record });
      }
  }
  return subjects;
};

/** The names of all detectors of the stage that keeps a subject. */
export const detectorsOf = (stage: string): readonly string[] =>
  (stage === 'delivery' ? deliveryDetectors : streamingDetectors).map(({ name }) => name);
