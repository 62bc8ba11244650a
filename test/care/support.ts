import { careStage } from '../../src/care/stage.ts';
import type { Seen, Stage, Table, Task } from '../../src/engine/stage.ts';
import type { Topic } from '../../src/formats/topic.ts';
import type { Happening } from '../../src/happenings/happening.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { readPolicy } from '../../src/policy/read-policy.ts';
import { controls } from '../../src/topics/controls.ts';
import type { Decision } from '../../src/topics/decisions.ts';
import { decisions } from '../../src/topics/decisions.ts';
import type { Issue } from '../../src/topics/issues.ts';
import { issues } from '../../src/topics/issues.ts';
import type { OrderAdjustment } from '../../src/topics/order-adjustments.ts';
import { orderAdjustments } from '../../src/topics/order-adjustments.ts';
import type { Component } from '../../src/topics/parts.ts';
import type { Command } from '../../src/topics/remedies.ts';
import type { StreamingPurchase } from '../../src/topics/streaming-purchases.ts';
import { streamingPurchases } from '../../src/topics/streaming-purchases.ts';
import type { CustomerId, OrderId } from '../../src/values/ids.ts';
import { issueIdOf } from '../../src/values/ids.ts';
import type { Instant } from '../../src/values/time.ts';
import { instant } from '../../src/values/time.ts';
import { z } from 'zod';

/** Instants of the tests: a local noon in UTC on a Monday unless said otherwise. */
export const at = (iso: string): Instant => instant(Date.parse(iso));

/** What the task wrote, decoded as a consumer would. */
export interface Emitted {
  readonly topic: string;
  readonly value: unknown;
}

const decodedAgain = <T>(topic: Topic<T>, value: T, offset: number): T => {
  const { key, value: bytes } = topic.encode(value);
  const decoded = topic.decode({
    topic: topic.name,
    partition: 0,
    offset,
    timestamp: instant(0),
    key,
    value: bytes,
    headers: () => new Map(),
  });
  if (decoded.kind !== 'read') throw new Error(`${topic.name} can't be read again: ${JSON.stringify(decoded)}`);
  return decoded.value;
};

/**
 * One task of care over Maps, as the engine runs it in records mode: records in the order of their time, rows woken in
 * (wakeAt, table, key) order once their instant is before the next record's, each seeing its own instant as now.
 */
export class Rehearsal {
  readonly stage: Stage;
  readonly emitted: Emitted[] = [];
  readonly told: Happening[] = [];
  readonly rows = new Map<string, Map<string, { readonly table: Table<unknown>; readonly state: unknown }>>();
  money = true;
  now: Instant = instant(0);
  #offset = 0;

  constructor(policy: Policy, act = true) {
    this.stage = careStage({ policy, act });
    this.task = this.#taskOver(() => this);
  }

  readonly task: Task;

  #taskOver(rehearsal: () => { readonly now: Instant; readonly money: boolean }): Task {
    return {
      get now() {
        return rehearsal().now;
      },
      silence: true,
      get money() {
        return rehearsal().money;
      },
      get: <S>(table: Table<S>, key: string) => this.rows.get(table.name)?.get(key)?.state as S | undefined,
      put: <S>(table: Table<S>, key: string, state: S | undefined) => {
        const rows = this.rows.get(table.name) ?? new Map<string, { table: Table<unknown>; state: unknown }>();
        this.rows.set(table.name, rows);
        // As the changelog would keep it: what JSON loses is lost here too.
        if (state === undefined) rows.delete(key);
        else rows.set(key, { table, state: JSON.parse(JSON.stringify(state)) });
      },
      under: <S>(table: Table<S>, prefix: string, after: string, limit: number) =>
        [...(this.rows.get(table.name) ?? [])]
          .filter(([key]) => key.startsWith(prefix) && key > after)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, limit)
          .map(([key, { state }]) => [key, state as S] as const),
      emit: <T>(topic: Topic<T>, value: T) => {
        if (topic.guarded === true && !this.money) throw new Error(`${topic.name} was written without the permit`);
        this.emitted.push({ topic: topic.name, value: decodedAgain(topic, value, this.emitted.length) });
      },
      tell: (happening) => void this.told.push(happening),
    };
  }

  /** A record at an instant: first everything that is due before it is woken. */
  tell<T>(topic: Topic<T>, value: T, time: Instant): this {
    this.until(instant(time - 1));
    this.now = instant(Math.max(this.now, time));
    const input = this.stage.inputs.find((each) => each.topic.name === topic.name);
    if (input === undefined) throw new Error(`care does not read ${topic.name}`);
    const seen: Seen = { topic: topic.name, partition: 0, offset: this.#offset++, time };
    input.handle(decodedAgain(topic, value, seen.offset), seen, this.task);
    return this;
  }

  /** Wakes what is due up to and at an instant. */
  until(time: Instant): this {
    for (;;) {
      const due = this.#due(time);
      if (due === undefined) break;
      this.now = instant(Math.max(this.now, due.wakeAt));
      const before = JSON.stringify(due.state);
      this.stage.rows.find(({ table }) => table.name === due.table.name)?.wake(due.key, due.state, this.task);
      const row = this.rows.get(due.table.name)?.get(due.key);
      if (row !== undefined && JSON.stringify(row.state) === before)
        throw new Error(`${due.table.name} ${due.key} stays due without changing`);
    }
    this.now = instant(Math.max(this.now, time));
    return this;
  }

  #due(time: Instant) {
    return [...this.rows.values()]
      .flatMap((rows) => [...rows].map(([key, { table, state }]) => ({ key, table, state, wakeAt: table.wakeAt(state) })))
      .flatMap((row) => (row.wakeAt === undefined || row.wakeAt > time ? [] : [{ ...row, wakeAt: row.wakeAt }]))
      .sort((a, b) => a.wakeAt - b.wakeAt || (a.table.name < b.table.name ? -1 : 1) || (a.key < b.key ? -1 : 1))[0];
  }

  get permitted(): boolean {
    return this.stage.permit?.((table, key) => this.task.get(table, key)) ?? false;
  }
  get decisions(): Decision[] {
    return this.emitted.filter(({ topic }) => topic === decisions.name).map(({ value }) => value as Decision);
  }
  get commands(): Command[] {
    return this.emitted.filter(({ topic }) => topic !== decisions.name).map(({ value }) => value as Command);
  }
  /** `outcome step` of each decision, in order. */
  get story(): string[] {
    return this.decisions.map(({ outcome, step }) => (step === undefined ? outcome : `${outcome} ${step}`));
  }
  /** `kind amount` or `kind template` of each command, in order. */
  get given(): string[] {
    return this.commands.map((command) => {
      switch (command.kind) {
        case 'refund':
        case 'credit':
          return `${command.kind} ${command.money.amountMinor}`;
        case 'notification':
          return `message ${command.template}`;
        case 'replacement':
          return `replacement ${command.lines.join(',')}`;
        case 'escalation':
        case 'return':
        case 'retraction':
          return command.kind;
      }
    });
  }
}

/** A policy with these rules (YAML), and detectors without settings. */
export const policyOf = (rules: string, more = ''): Policy =>
  readPolicy(
    `version: test\n${more}\nrules:\n${rules}`,
    'policy.yaml',
    Object.fromEntries(['promise-missed', 'shipment-stalled', 'lost-in-transit', 'slow-download'].map((name) => [name, z.looseObject({})])),
  );

/** An arming record, as an operator writes it. */
export const arm = (rehearsal: Rehearsal, policy: Policy, time: Instant, latch = 1): Rehearsal =>
  rehearsal.tell(
    controls,
    { scope: 'fleet', by: 'ops', why: 'go', at: new Date(time).toISOString(), latch, state: 'armed', policy: policy.hash },
    time,
  );

/** The kill switch. */
export const stop = (rehearsal: Rehearsal, time: Instant, latch = 2): Rehearsal =>
  rehearsal.tell(
    controls,
    { scope: 'fleet', by: 'ops', why: 'too many refunds', at: new Date(time).toISOString(), latch, state: 'stopped' },
    time,
  );

const customer = 'ana' as CustomerId;
const order = 'o1' as OrderId;

/** Amount in cents of USD for a component. */
export const paid = (component: Component['component'], amountMinor: number, line?: string, currency = 'USD'): Component => ({
  component,
  money: { amountMinor, currency },
  ...(line !== undefined && { line }),
});

/** What a parcel of the tests cost: 50.00 for the line, 4.00 tax, 6.00 shipping. */
const parcelComponents = [paid('line', 5_000, 'l1'), paid('tax', 400, 'l1'), paid('shipping', 600)];

/** A promise that was missed on 24 December, told at its end. */
export const late = (
  change: { readonly since?: Instant; readonly context?: Partial<Issue['context']> } & Partial<Omit<Issue, 'context' | 'finding'>> = {},
): Issue => {
  const since = change.since ?? at('2026-12-25T00:00:00Z');
  const { context, since: _since, ...rest } = change;
  return {
    id: issueIdOf(rest.detector ?? 'promise-missed', rest.subject ?? 'dhl:1:s1', 'promise-1'),
    revision: 1,
    state: 'open',
    detector: 'promise-missed',
    subject: 'dhl:1:s1',
    customer,
    order,
    components: parcelComponents,
    finding: {
      reason: 'late',
      armedBy: 'promise-1',
      since,
      absence: true,
      numbers: { lateMs: 0 },
      evidence: [{ topic: 'delivery.promises', partition: 0, offset: 7 }],
      cohorts: [],
    },
    ...rest,
    context: { promisedUntil: at('2026-12-25T00:00:00Z'), fulfilledBy: 'us', ...context },
  };
};

/** The same issue once it closed, or opened again. */
export const next = (issue: Issue, change: Partial<Issue>): Issue => ({ ...issue, revision: issue.revision + 1, ...change });

/** An adjustment by an associate. */
export const adjusted = (change: Partial<OrderAdjustment> = {}): OrderAdjustment => ({
  adjustment: 'a1',
  customer,
  order,
  kind: 'refund',
  by: 'associate',
  components: [paid('shipping', 600)],
  madeAt: '2026-12-25T01:00:00Z',
  ...change,
});

/** A film that stuttered, watched on the evening of 24 December. */
export const slow = (change: Partial<Omit<Issue, 'context'>> & { readonly context?: Partial<Issue['context']> } = {}): Issue => {
  const base = late({ detector: 'slow-download', subject: 'session-1' });
  const { order: _order, ...rest } = base;
  const { context, ...more } = change;
  return {
    ...rest,
    components: [],
    finding: { ...base.finding, reason: 'stalled', since: at('2026-12-24T21:00:00Z') },
    ...more,
    context: { title: 'casablanca', offer: 'rental', watchedAt: at('2026-12-24T20:00:00Z'), ...context },
  };
};

/** The rental of that film. */
export const rental = (change: Partial<StreamingPurchase> = {}): StreamingPurchase => ({
  customer,
  order: 'f1' as OrderId,
  title: 'casablanca',
  offer: 'rental',
  components: [paid('line', 299, 'film'), paid('tax', 20, 'film')],
  tenders: [],
  purchasedAt: '2026-12-24T19:55:00Z',
  locale: 'en-US',
  ...change,
});

export { issues, orderAdjustments, streamingPurchases };
