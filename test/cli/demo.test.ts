import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { run } from '../../src/cli/run.ts';
import type { DemoSummary } from '../../src/cli/demo/summary.ts';
import type { DeliveryPromise } from '../../src/topics/delivery-promises.ts';
import type { Issue } from '../../src/topics/issues.ts';
import type { Component } from '../../src/topics/parts.ts';
import type { Credit, Refund, Replacement } from '../../src/topics/remedies.ts';
import type { StreamingPurchase } from '../../src/topics/streaming-purchases.ts';
import { holidayWeek } from '../../src/world/holiday-week.ts';

/** What `amends` writes on standard output, once it has ended well. */
const typed = async (...words: readonly string[]): Promise<string> => {
  let text = '';
  const code = await run(words, { out: (more) => void (text += more), error: () => {}, isWatched: false, columns: 100, environment: {} });
  expect(code).toBe(exitCodes.done);
  return text;
};

const small = ['demo', '--json', '--parcels', '400'] as const;

describe('the demo as JSON', () => {
  let folder = '';
  let first = '';
  let summary: DemoSummary;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amends-demo-'));
    first = await typed(...small, '--once', '--seed', '11', '--out', join(folder, 'out'));
    summary = JSON.parse(first) as DemoSummary;
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is the same to the byte for the same seed', async () => {
    expect(await typed(...small, '--seed', '11')).toBe(first);
  }, 60_000);

  it('is another for another seed', async () => {
    expect(await typed(...small, '--seed', '12')).not.toBe(first);
  }, 60_000);

  it('is one document on one line', () => {
    expect(first.trimEnd().split('\n')).toHaveLength(1);
  });

  it('comes to the end of the week', () => {
    expect(summary.until).toBe('2026-12-25T00:00:00.000Z');
  });

  it('tells of customers who were helped with money, goods and words', () => {
    expect(Object.keys(summary.commands)).toEqual(expect.arrayContaining(['notification', 'refund', 'replacement']));
  });

  it('leaves nearly all alone that is fine', () => {
    expect(summary.truth.fine.leftAlone / summary.truth.fine.cases).toBeGreaterThan(0.98);
  });

  it('helps most who would have called before they do', () => {
    const { before, after, never } = summary.truth.calls;
    expect(before / (before + after + never)).toBeGreaterThan(0.5);
  });

  it('sets bad records aside and goes on', () => {
    expect(Object.values(summary.deadLetters).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  });

  it('keeps what came in and what was decided in its folder', async () => {
    expect(await readdir(join(folder, 'out'))).toEqual(
      expect.arrayContaining(['history.ndjson', 'remedy.decisions.ndjson', 'remedy.refunds.ndjson', 'happenings.ndjson', 'summary.json']),
    );
  });

  /** The values of a topic's file in the folder. */
  const values = async <T>(file: string): Promise<readonly T[]> => {
    const lines = (await readFile(join(folder, 'out', `${file}.ndjson`), 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => (JSON.parse(line) as { value: T }).value);
  };
  const moneyBack = async (): Promise<readonly (Refund | Credit)[]> => [
    ...(await values<Refund>('remedy.refunds')),
    ...(await values<Credit>('remedy.credits')),
  ];
  const place = (order: string | undefined, { line = '', component }: Component): string => `${order ?? ''} ${line} ${component}`;

  it('never gives back more of anything than was paid for it', async () => {
    const paid = new Map<string, number>();
    // Only promises and purchases have tenders; a record that isn't JSON has no value here.
    const orders = (await values<DeliveryPromise | StreamingPurchase | undefined>('history')).filter(
      (value) => value !== undefined && 'tenders' in value,
    );
    for (const { order, components } of orders)
      for (const component of components) paid.set(place(order, component), component.money.amountMinor);
    const given = new Map<string, number>();
    for (const { order, components } of await moneyBack())
      for (const component of components)
        given.set(place(order, component), (given.get(place(order, component)) ?? 0) + component.money.amountMinor);
    expect(given.size).toBeGreaterThan(0);
    expect([...given].filter(([at, amountMinor]) => amountMinor > (paid.get(at) ?? 0))).toEqual([]);
  });

  it('never sends again what it gave the money back for', async () => {
    const refunded = new Set(
      (await moneyBack()).flatMap(({ order, components }) => components.map((component) => place(order, component))),
    );
    const replaced = (await values<Replacement>('remedy.replacements')).flatMap(({ order, lines }) =>
      lines.map((line) => `${order ?? ''} ${line} line`),
    );
    expect(replaced.filter((line) => refunded.has(line))).toEqual([]);
  });

  it('moves no money for what is fine, long over, or part of a subscription', async () => {
    const truth = new Map(
      holidayWeek({ seed: 11, parcels: 400, films: 54 }).cases.map(({ subject, trouble }) => [subject, trouble ?? 'fine']),
    );
    const subjects = new Map((await values<Issue>('amends.issues')).map(({ id, subject }) => [id, subject]));
    const troubles = new Set((await moneyBack()).map(({ issue }) => truth.get(subjects.get(issue) ?? '')));
    expect(
      [...troubles].filter((trouble) => trouble === undefined || ['fine', 'old-news', 'stuttered-subscription'].includes(trouble)),
    ).toEqual([]);
  });

  it('gives evidence that can be looked up in the history, by line', async () => {
    const history = (await readFile(join(folder, 'out', 'history.ndjson'), 'utf8'))
      .split('\n')
      .map((line) => (line === '' ? undefined : (JSON.parse(line) as { topic: string }).topic));
    const evidence = (await values<Issue>('amends.issues')).flatMap(({ finding }) => finding.evidence);
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.filter(({ topic, offset }) => history[offset - 1] !== topic)).toEqual([]);
  });
});
