import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RemedyKind } from '../values/ids.ts';
import type { Clock } from '../values/time.ts';
import { secondMs } from '../values/time.ts';
import type { Happening, TaskState, Telemetry } from './happening.ts';

/** From a transaction over one partition (2 ms) to the transaction timeout (10 s). */
const transactionBucketsSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const states: readonly TaskState[] = ['claiming', 'restoring', 'running', 'waiting', 'halted', 'closed'];

const kinds: readonly RemedyKind[] = ['refund', 'credit', 'replacement', 'notification', 'escalation', 'return', 'retraction'];

/** A currency comes from outside; what ISO 4217 doesn't know shares one label, so that nobody can invent time series. */
const currencies = new Set(Intl.supportedValuesOf('currency'));
const currencyLabel = (currency: string): string => (currencies.has(currency) ? currency : 'other');

interface TaskFigures {
  readonly stage: string;
  readonly partition: number;
  state: TaskState;
  clock: number | undefined;
  readonly quarantined: Set<string>;
}

/** What a process counts, for Prometheus. */
export interface Metrics {
  /** Give it every happening. */
  readonly telemetry: Telemetry;
  /** The text exposition format; its media type is `contentType`. Ages are measured at this moment by the clock. */
  scrape(): Promise<string>;
  readonly contentType: string;
  /** Of its own, never prom-client's global one: two engines in one process count apart. */
  readonly registry: Registry;
}

/**
 * Turns happenings into figures. Labels have few values, whatever comes in: no subject, customer, issue or command is
 * ever one. `docs/metrics.md` explains each figure.
 */
export const createMetrics = (clock: Clock): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name, help, labelNames, registers });
  const tasks = new Map<string, TaskFigures>();
  const taskOf = (stage: string, partition: number): TaskFigures => {
    const name = `${stage}/${partition}`;
    let task = tasks.get(name);
    if (!task) tasks.set(name, (task = { stage, partition, state: 'claiming', clock: undefined, quarantined: new Set() }));
    return task;
  };

  const consumed = counter('amends_records_consumed_total', 'Records folded in committed transactions.', ['stage', 'topic']);
  const late = counter(
    'amends_records_late_total',
    "Records earlier than their partition's last, in records mode: the run is not reproducible.",
    ['stage', 'topic'],
  );
  const tooOld = counter('amends_records_too_old_total', 'Records about something forgotten, or that old when first told of: not folded.', [
    'stage',
    'topic',
  ]);
  const letters = counter('amends_dead_letters_total', 'Records that could not be read.', ['stage', 'topic', 'code']);
  const flagged = counter('amends_scans_flagged_total', 'Scans with a time or place that had to be read with care.', ['flag']);
  const issues = counter('amends_issues_total', 'Issues opened, changed and closed.', ['detector', 'change']);
  const decisions = counter('amends_decisions_total', 'Decisions, also those to wait or to do nothing.', ['outcome']);
  const commands = counter('amends_commands_total', 'Commands ordered.', ['kind', 'mode']);
  const amounts = counter('amends_commands_amount_minor_total', "Money ordered, in the currency's minor unit (ISO 4217).", [
    'kind',
    'mode',
    'currency',
  ]);
  const duplicated = counter('amends_duplicate_commands_total', 'Commands whose id was seen before on the remedy topics.', ['kind']);
  // From the start, so that the first one is a rise.
  for (const kind of kinds) duplicated.inc({ kind }, 0);
  const refused = counter('amends_permit_refused_total', 'Transactions in which money was held because the permit was refused.', ['stage']);
  const stopped = counter(
    'amends_absence_stopped_total',
    'Times that a task stopped concluding from silence until an operator releases it.',
    ['stage', 'code'],
  );
  const gaps = counter('amends_gaps_total', 'Gaps in an input: records that nobody read.', ['stage', 'topic', 'kind']);
  const woken = counter('amends_timers_woken_total', 'Rows woken in committed transactions.', ['stage']);
  const failed = counter('amends_transactions_failed_total', 'Transactions that did not commit.', ['stage', 'outcome']);
  const took = new Histogram({
    name: 'amends_transaction_seconds',
    help: 'Duration of committed transactions.',
    labelNames: ['stage'],
    buckets: transactionBucketsSeconds,
    registers,
  });
  const lag = new Gauge({
    name: 'amends_lag_records',
    help: 'Records that a task has yet to fold, when it last looked.',
    labelNames: ['stage', 'topic', 'partition'],
    registers,
  });
  const measured = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    measure: (gauge: Gauge<L>) => void,
  ): Gauge<L> => {
    const gauge: Gauge<L> = new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        gauge.reset();
        measure(gauge);
      },
    });
    return gauge;
  };
  measured(
    'amends_quarantined_subjects',
    'Subjects held because a record of theirs or our own code failed, since this process took their task over.',
    ['stage'],
    (gauge) => {
      for (const { stage, quarantined } of tasks.values()) gauge.inc({ stage }, quarantined.size);
    },
  );
  measured('amends_tasks', 'Tasks of this process by state.', ['stage', 'state'], (gauge) => {
    for (const { stage } of tasks.values()) for (const state of states) gauge.set({ stage, state }, 0);
    for (const { stage, state } of tasks.values()) gauge.inc({ stage, state });
  });
  measured(
    'amends_task_clock_age_seconds',
    "How far a task's clock, up to which nothing is missing, is behind now.",
    ['stage', 'partition'],
    (gauge) => {
      const now = clock.now();
      for (const { stage, partition, state, clock: at } of tasks.values())
        if (at !== undefined && state !== 'closed') gauge.set({ stage, partition }, (now - at) / secondMs);
    },
  );

  const telemetry = (happening: Happening): void => {
    switch (happening.name) {
      case 'TaskStateChanged': {
        const task = taskOf(happening.stage, happening.partition);
        task.state = happening.to;
        if (happening.to === 'claiming' || happening.to === 'closed') {
          task.quarantined.clear();
          task.clock = undefined;
        }
        return;
      }
      case 'TransactionCommitted':
        took.observe({ stage: happening.stage }, happening.tookMs / secondMs);
        woken.inc({ stage: happening.stage }, happening.woken);
        return;
      case 'TransactionFailed':
        failed.inc({ stage: happening.stage, outcome: happening.outcome });
        return;
      case 'RecordsConsumed':
        consumed.inc({ stage: happening.stage, topic: happening.topic }, happening.records);
        return;
      case 'ClockMoved':
        // A clock that has not begun is at minus infinity, which has no age.
        if (Number.isFinite(happening.clock)) taskOf(happening.stage, happening.partition).clock = happening.clock;
        return;
      case 'LagMeasured':
        lag.set({ stage: happening.stage, topic: happening.topic, partition: happening.partition }, happening.records);
        return;
      case 'RecordDeadLettered':
        letters.inc({ stage: happening.stage, topic: happening.topic, code: happening.code });
        return;
      case 'RecordLate':
        late.inc({ stage: happening.stage, topic: happening.topic });
        return;
      case 'SubjectQuarantined':
        taskOf(happening.stage, happening.partition).quarantined.add(happening.subject);
        return;
      case 'SubjectReleased':
        taskOf(happening.stage, happening.partition).quarantined.delete(happening.subject);
        return;
      case 'GapFound':
        gaps.inc({ stage: happening.stage, topic: happening.topic, kind: happening.kind });
        return;
      case 'AbsenceStopped':
        stopped.inc({ stage: happening.stage, code: happening.code });
        return;
      case 'PermitRefused':
        refused.inc({ stage: happening.stage });
        return;
      case 'IssueChanged':
        issues.inc({ detector: happening.detector, change: happening.change });
        return;
      case 'DecisionMade':
        decisions.inc({ outcome: happening.outcome });
        return;
      case 'CommandOrdered':
        commands.inc({ kind: happening.kind, mode: happening.mode });
        if (happening.amountMinor > 0)
          amounts.inc({ kind: happening.kind, mode: happening.mode, currency: currencyLabel(happening.currency) }, happening.amountMinor);
        return;
      case 'CommandDuplicated':
        duplicated.inc({ kind: happening.kind });
        return;
      case 'RecordTooOld':
        tooOld.inc({ stage: happening.stage, topic: happening.topic });
        return;
      case 'ScanFlagged':
        flagged.inc({ flag: happening.flag });
        return;
      case 'AbsenceReleased':
      case 'ClockHeld':
      case 'ServiceStarted':
      case 'ServiceWarned':
      case 'ServiceWaiting':
      case 'ServiceStopped':
        return;
    }
  };

  return { telemetry, registry, contentType: registry.contentType, scrape: () => registry.metrics() };
};
