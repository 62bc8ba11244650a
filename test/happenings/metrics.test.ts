import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Happening } from '../../src/happenings/happening.ts';
import { createMetrics } from '../../src/happenings/metrics.ts';
import type { Clock } from '../../src/values/time.ts';
import { instant, minuteMs } from '../../src/values/time.ts';

const clock: Clock = { now: () => instant(10 * minuteMs), wait: () => Promise.resolve() };

/** The lines of a scrape about one metric, after these happenings. */
const scraped = async (metric: string, ...happenings: readonly Happening[]): Promise<readonly string[]> => {
  const metrics = createMetrics(clock);
  for (const happening of happenings) metrics.telemetry(happening);
  return (await metrics.scrape()).split('\n').filter((line) => line.startsWith(metric));
};

const task = { stage: 'delivery', partition: 3 } as const;

describe('metrics', () => {
  it('add up the records folded by stage and topic', async () => {
    const consumed = { name: 'RecordsConsumed', ...task, topic: 'delivery.tracking' } as const;
    expect(await scraped('amends_records_consumed', { ...consumed, records: 20 }, { ...consumed, partition: 1, records: 3 })).toEqual([
      'amends_records_consumed_total{stage="delivery",topic="delivery.tracking"} 23',
    ]);
  });

  it('count issues by detector and change', async () => {
    const changed = { name: 'IssueChanged', detector: 'promise-missed', subject: 's', issue: 'i', reason: 'r', at: instant(0) } as const;
    expect(await scraped('amends_issues', { ...changed, change: 'opened' }, { ...changed, change: 'closed' })).toEqual([
      'amends_issues_total{detector="promise-missed",change="opened"} 1',
      'amends_issues_total{detector="promise-missed",change="closed"} 1',
    ]);
  });

  it('count decisions by outcome', async () => {
    const decided = {
      name: 'DecisionMade',
      issue: 'i',
      customer: 'c',
      detector: 'd',
      rule: 'r',
      why: 'w',
      at: instant(0),
      outcome: 'waiting',
    } as const;
    expect(await scraped('amends_decisions', decided)).toEqual(['amends_decisions_total{outcome="waiting"} 1']);
  });

  const refund = {
    name: 'CommandOrdered',
    kind: 'refund',
    mode: 'auto',
    rule: 'r',
    command: 'c',
    customer: 'c',
    amountMinor: 499,
    currency: 'USD',
    at: instant(0),
  } as const;

  it('sum up money in minor units, each currency apart', async () => {
    expect(await scraped('amends_commands_amount', refund, refund, { ...refund, currency: 'JPY', amountMinor: 1500 })).toEqual([
      'amends_commands_amount_minor_total{kind="refund",mode="auto",currency="USD"} 998',
      'amends_commands_amount_minor_total{kind="refund",mode="auto",currency="JPY"} 1500',
    ]);
  });

  it('count a message as a command and not as money', async () => {
    const message = { ...refund, kind: 'notification', amountMinor: 0 };
    expect(await scraped('amends_commands', message)).toEqual(['amends_commands_total{kind="notification",mode="auto"} 1']);
  });

  it('give currencies that do not exist one label between them', async () => {
    expect(await scraped('amends_commands_amount', { ...refund, currency: 'XQA' }, { ...refund, currency: 'XQB' })).toEqual([
      'amends_commands_amount_minor_total{kind="refund",mode="auto",currency="other"} 998',
    ]);
  });

  it('count commands seen twice by kind, beginning at none of each', async () => {
    const duplicated = { name: 'CommandDuplicated', kind: 'refund', command: 'c', topic: 't', partition: 0, offset: 9 } as const;
    const lines = await scraped('amends_duplicate_commands', duplicated);
    expect(lines).toContain('amends_duplicate_commands_total{kind="refund"} 1');
    expect(lines).toContain('amends_duplicate_commands_total{kind="credit"} 0');
  });

  it('count dead letters by code', async () => {
    const letter = { name: 'RecordDeadLettered', ...task, topic: 't', offset: 9, code: 'AMENDS_RECORD_NOT_JSON', reason: 'r' } as const;
    expect(await scraped('amends_dead_letters', letter)).toEqual([
      'amends_dead_letters_total{stage="delivery",topic="t",code="AMENDS_RECORD_NOT_JSON"} 1',
    ]);
  });

  const held = { name: 'SubjectQuarantined', ...task, subject: 's1', code: 'AMENDS_RECORD_INVALID', reason: 'r' } as const;

  it('count a subject that is held twice once', async () => {
    expect(await scraped('amends_quarantined', held, held, { ...held, subject: 's2' })).toEqual([
      'amends_quarantined_subjects{stage="delivery"} 2',
    ]);
  });

  it('stop counting a subject once it is released', async () => {
    expect(await scraped('amends_quarantined', held, { name: 'SubjectReleased', ...task, subject: 's1' })).toEqual([
      'amends_quarantined_subjects{stage="delivery"} 0',
    ]);
  });

  const moved = { name: 'TaskStateChanged', ...task, from: 'claiming', to: 'running', why: 'w' } as const;

  it('count tasks by their present state', async () => {
    const lines = await scraped('amends_tasks', moved, { ...moved, partition: 1 }, { ...moved, from: 'running', to: 'halted' });
    expect(lines).toEqual(
      expect.arrayContaining(['amends_tasks{stage="delivery",state="running"} 1', 'amends_tasks{stage="delivery",state="halted"} 1']),
    );
  });

  it("measure the age of a task's clock at the moment of the scrape", async () => {
    expect(await scraped('amends_task_clock', { name: 'ClockMoved', ...task, clock: instant(8 * minuteMs) })).toEqual([
      'amends_task_clock_age_seconds{stage="delivery",partition="3"} 120',
    ]);
  });

  it('forget the clock of a task that has gone elsewhere', async () => {
    expect(
      await scraped('amends_task_clock', { name: 'ClockMoved', ...task, clock: instant(0) }, { ...moved, from: 'running', to: 'closed' }),
    ).toEqual([]);
  });

  it('put the duration of a transaction into its bucket, in seconds', async () => {
    const committed = { name: 'TransactionCommitted', ...task, records: 1, woken: 2, tookMs: 20 } as const;
    const lines = await scraped('amends_transaction_seconds_bucket', committed);
    expect(lines.filter((line) => line.includes('le="0.01"') || line.includes('le="0.025"')).map((line) => line.at(-1))).toEqual([
      '0',
      '1',
    ]);
  });

  it('count failed transactions by outcome', async () => {
    expect(await scraped('amends_transactions_failed', { name: 'TransactionFailed', ...task, outcome: 'unknown', why: 'w' })).toEqual([
      'amends_transactions_failed_total{stage="delivery",outcome="unknown"} 1',
    ]);
  });

  it('count stops of absence, refused permits, gaps, late records and flagged scans', async () => {
    const metrics = createMetrics(clock);
    metrics.telemetry({ name: 'AbsenceStopped', ...task, code: 'AMENDS_KEY_MISPLACED', why: 'w' });
    metrics.telemetry({ name: 'PermitRefused', ...task });
    metrics.telemetry({ name: 'GapFound', ...task, topic: 't', kind: 'trimmed' });
    metrics.telemetry({ name: 'RecordLate', ...task, topic: 't', offset: 1 });
    metrics.telemetry({ name: 'ScanFlagged', flag: 'future', subject: 's' });
    const text = await metrics.scrape();
    for (const line of [
      'amends_absence_stopped_total{stage="delivery",code="AMENDS_KEY_MISPLACED"} 1',
      'amends_permit_refused_total{stage="delivery"} 1',
      'amends_gaps_total{stage="delivery",topic="t",kind="trimmed"} 1',
      'amends_records_late_total{stage="delivery",topic="t"} 1',
      'amends_scans_flagged_total{flag="future"} 1',
    ])
      expect(text).toContain(line);
  });

  it('of two engines are counted apart', async () => {
    const one = createMetrics(clock);
    const other = createMetrics(clock);
    one.telemetry({ name: 'PermitRefused', ...task });
    expect(await other.scrape()).not.toContain('amends_permit_refused_total{');
  });

  it('are all in docs/metrics.md, with their type, labels and meaning, and nothing else is', async () => {
    const documented = (await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('| `amends_'));
    const labelsOf = (metric: object): readonly string[] => ('labelNames' in metric ? (metric.labelNames as readonly string[]) : []);
    const { registry } = createMetrics(clock);
    const real = (await registry.getMetricsAsJSON()).map(({ name, type, help }) => {
      const metric = registry.getSingleMetric(name);
      return `| \`${name}\` | ${type} | ${labelsOf(metric ?? {}).map((label) => `\`${label}\``).join(', ')} | ${help} |`; // prettier-ignore
    });
    expect(documented).toEqual(real);
  });
});
