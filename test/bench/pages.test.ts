import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capacityPage } from '../../bench/pages/capacity.ts';
import type { Figures } from '../../bench/pages/figures.ts';
import { keptFigures } from '../../bench/pages/figures.ts';
import { growthPlot } from '../../bench/pages/growth-plot.ts';
import { growthTable } from '../../bench/pages/growth-table.ts';
import { needsOf } from '../../bench/pages/needs.ts';

const kept = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const measured: Figures = {
  growth: { byPartitions: [], byKeys: [], scansARound: 1 },
  latency: { greatestRecordsPerSecond: 10_000, recordsPerSecond: 7_000, p50Ms: 1, p99Ms: 1, partitions: 8 },
  shipments: { bytesEach: 1_000, restoreSeconds: 20, shipments: 1_000_000 },
  recovery: { afterKillBeyondSessionMs: 0, sessionTimeoutMs: 6_000, afterStopMs: 0 },
};

describe('what is read from the kept figures (after new ones: npm run --silent bench -- pages)', () => {
  const figures = keptFigures();

  it('docs/capacity.md says what they give', () => expect(kept('docs/capacity.md')).toBe(capacityPage(figures)));

  it('bench/growth.svg draws them', () => expect(kept('bench/growth.svg')).toBe(growthPlot(figures)));

  it('bench/README.md has them in its table', () => expect(kept('bench/README.md')).toContain(growthTable(figures)));
});

describe('what a load needs', () => {
  it('is one process more than carry 70 % of the greatest load each', () => {
    expect(needsOf(7_000, measured).processesByEvents).toBe(2);
    expect(needsOf(7_001, measured).processesByEvents).toBe(3);
  });

  it('is memory for what is open, and sixteen times that with the claim window', () => {
    const { openShipments, keptShipments, openGiB, keptGiB } = needsOf(11, measured);
    expect(openShipments).toBe(8 * 86_400);
    expect(keptShipments / openShipments).toBe(16);
    expect(openGiB).toBeCloseTo((8 * 86_400 * 1_000) / 2 ** 30, 9);
    expect(keptGiB / openGiB).toBeCloseTo(16, 9);
  });

  it('is partitions enough for every process, in powers of two', () => {
    const { partitions, processesByEvents, processesByKept } = needsOf(1_000, measured);
    expect(Math.log2(partitions) % 1).toBe(0);
    expect(partitions).toBeGreaterThanOrEqual(2 * Math.max(processesByEvents, processesByKept));
  });
});
