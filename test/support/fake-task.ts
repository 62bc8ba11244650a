import type { Seen, Stage, Table, Task } from '../../src/engine/stage.ts';
import type { Topic } from '../../src/formats/topic.ts';
import type { Happening } from '../../src/happenings/happening.ts';
import type { Instant } from '../../src/values/time.ts';
import { instant } from '../../src/values/time.ts';

/**
 * A task over Maps, for tests of one stage without the engine: folds what it is given, and wakes rows as the engine does
 * in records mode. Rows go through `pack`, JSON and `upcast` at every change, as they would after a restart.
 */
export class FakeTask implements Task {
  now: Instant = instant(0);
  money = true;
  silence = true;
  readonly emitted: { readonly topic: string; readonly value: unknown }[] = [];
  readonly told: Happening[] = [];
  readonly #stage: Stage;
  readonly #rows = new Map<string, Map<string, unknown>>();
  #offset = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get<S>(table: Table<S>, key: string): Readonly<S> | undefined {
    return this.#rows.get(table.name)?.get(key) as S | undefined;
  }

  put<S>(table: Table<S>, key: string, state: S | undefined): void {
    const rows = this.#rows.get(table.name) ?? new Map<string, unknown>();
    this.#rows.set(table.name, rows);
    if (state === undefined) rows.delete(key);
    else rows.set(key, table.upcast(table.version, JSON.parse(JSON.stringify(table.pack ? table.pack(state) : state))));
  }

  *under<S>(table: Table<S>, prefix: string, after: string, limit: number): Iterable<readonly [string, S]> {
    const found = [...(this.#rows.get(table.name) ?? [])]
      .filter(([key]) => key.startsWith(prefix) && key > after)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, row] of found.slice(0, limit)) yield [key, row as S];
  }

  emit<T>(topic: Topic<T>, value: T): void {
    // What the topic itself could not read again must not leave.
    const { key, value: bytes } = topic.encode(value);
    const decoded = topic.decode({
      topic: topic.name,
      partition: 0,
      offset: 0,
      timestamp: this.now,
      key,
      value: bytes,
      headers: () => new Map(),
    });
    if (decoded.kind !== 'read') throw new Error(`not readable on ${topic.name}: ${JSON.stringify(decoded)}`);
    this.emitted.push({ topic: topic.name, value: decoded.value });
  }

  tell(happening: Happening): void {
    this.told.push(happening);
  }

  /** Folds one value at `time`, after waking what was due before. */
  fold<T>(topic: Topic<T>, value: T, time: Instant): void {
    this.passTo(time);
    this.now = time;
    const input = this.#stage.inputs.find((one) => one.topic.name === topic.name);
    if (!input) throw new Error(`${this.#stage.name} has no input ${topic.name}`);
    const seen: Seen = { topic: topic.name, partition: 0, offset: this.#offset, time };
    this.#offset += 1;
    input.handle(value, seen, this);
  }

  /** Lets time come to `until`, waking each row whose time is before it, in order. */
  passTo(until: Instant): void {
    for (let woken = 0; woken < 1_000; woken += 1) {
      const due = this.#stage.rows
        .flatMap((of) => [...(this.#rows.get(of.table.name) ?? [])].map(([key, row]) => ({ key, row, of, at: of.table.wakeAt(row) })))
        .filter((row): row is typeof row & { at: Instant } => row.at !== undefined && row.at < until)
        .sort((a, b) => a.at - b.at || (a.of.table.name < b.of.table.name ? -1 : 1) || (a.key < b.key ? -1 : 1))[0];
      if (!due) {
        this.now = instant(Math.max(this.now, until));
        return;
      }
      this.now = instant(Math.max(this.now, due.at));
      due.of.wake(due.key, due.row, this);
    }
    throw new Error('a row stays due');
  }
}
