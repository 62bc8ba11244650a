import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBroker } from '../../test/broker/start-broker.ts';
import { median } from '../median.ts';

const runs = Number(process.env['RUNS'] ?? 5);
const peer = process.env['PEER'];

interface Measured {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly secondHalf: { readonly records: number; readonly cpuSeconds: number };
  readonly records: number;
  readonly wakes: number;
  readonly transactions: number;
  readonly failed: number;
  readonly issues: number;
  readonly issueRecords: number;
  readonly peakRssMiB: number;
  readonly halfwayRssMiB: number;
}

interface PeerMeasured {
  readonly recordsPerCpuSecond: number;
  readonly peakRssMiB: number;
  readonly secondHalf: { readonly recordsPerCpuSecond: number };
  readonly check: { readonly ok: boolean };
}

const execute = promisify(execFile);
const pathOf = (script: string): string => new URL(script, import.meta.url).pathname;
/** As `npm run amends` and the image start it: fewer collections of what a batch leaves behind. */
const youngGeneration = '--max-semi-space-size=64';
/** One core for each that is measured, as for the peer. */
const onOneCore = async (command: string, args: readonly string[], environment = process.env): Promise<string> =>
  (await execute('taskset', ['-c', '1', command, ...args], { env: environment })).stdout;

const runPeer = async (brokers: string, caching: 'on' | 'off'): Promise<PeerMeasured> => {
  const environment = { ...process.env, N: '1000000', PIN: '1', CACHING: caching, BROKERS: brokers };
  const { stdout } = await execute(join(peer ?? '', 'run.sh'), [], { env: environment, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as PeerMeasured;
};

const spreadOf = (values: readonly number[]): readonly number[] => [Math.min(...values), Math.max(...values)];

/**
 * A million scans of 100,000 parcels, and the promise of each, on a real broker: the delivery stage alone, exactly once, from
 * an empty state to the end of the lag. Records a CPU second of the whole process on one core, medians of runs in processes
 * of their own, in turn with those of the peer where `PEER` is its folder.
 */
export const kafka = async (): Promise<unknown> => {
  const broker = await startBroker({ pace: 'steady' });
  if (broker.via === 'none') throw new Error(`no broker: ${broker.reasons.join('; ')}`);
  const folder = await mkdtemp(join(tmpdir(), 'amends-bench-'));
  const brokers = broker.brokers.join();
  const workload = `bench-${randomUUID().slice(0, 8)}`;
  try {
    await execute(process.execPath, [pathOf('../replay/make.ts'), folder]);
    await execute(process.execPath, [pathOf('load.ts'), brokers, folder, workload]);
    const ours: Measured[] = [];
    const theirs = { on: [] as PeerMeasured[], off: [] as PeerMeasured[] };
    for (let run = 0; run < runs; run += 1) {
      ours.push(
        JSON.parse(
          await onOneCore(process.execPath, [youngGeneration, pathOf('run.ts'), brokers, workload, `${workload}-${run}`]),
        ) as Measured,
      );
      if (peer) for (const caching of ['on', 'off'] as const) theirs[caching].push(await runPeer(brokers, caching));
    }
    const rates = ours.map(({ records, cpuSeconds }) => Math.round(records / cpuSeconds));
    const warmed = ours.map(({ secondHalf }) => Math.round(secondHalf.records / secondHalf.cpuSeconds));
    const [first] = ours;
    return {
      bench: 'kafka',
      recordsPerCpuSecond: median(rates),
      spread: spreadOf(rates),
      secondHalfPerCpuSecond: median(warmed),
      recordsPerSecond: median(ours.map(({ records, wallSeconds }) => Math.round(records / wallSeconds))),
      ...(peer && comparedWith(theirs, median(rates))),
      peakRssMiB: median(ours.map(({ peakRssMiB }) => peakRssMiB)),
      halfwayRssMiB: median(ours.map(({ halfwayRssMiB }) => halfwayRssMiB)),
      issues: first?.issues,
      twice: Math.max(...ours.map(({ issues, issueRecords }) => issueRecords - issues)),
      wakes: first?.wakes,
      transactions: median(ours.map(({ transactions }) => transactions)),
      failed: Math.max(...ours.map(({ failed }) => failed)),
      runs,
    };
  } finally {
    await broker.stop();
    await rm(folder, { recursive: true });
  }
};

/** The peer's best figure is the one to beat: with or without its cache, of the whole run or of its warmed second half. */
const comparedWith = (theirs: { readonly on: readonly PeerMeasured[]; readonly off: readonly PeerMeasured[] }, rate: number) => {
  const figures = Object.entries(theirs).flatMap(([caching, measured]) => [
    { of: `caching ${caching}`, rates: measured.map(({ recordsPerCpuSecond }) => recordsPerCpuSecond) },
    { of: `caching ${caching}, second half`, rates: measured.map(({ secondHalf }) => secondHalf.recordsPerCpuSecond) },
  ]);
  const [best] = figures.toSorted((a, b) => median(b.rates) - median(a.rates));
  const all = [...theirs.on, ...theirs.off];
  return {
    peer: {
      best: best?.of,
      recordsPerCpuSecond: median(best?.rates ?? []),
      spread: spreadOf(best?.rates ?? []),
      medians: Object.fromEntries(figures.map(({ of, rates }) => [of, median(rates)])),
      peakRssMiB: Math.round(median(all.map(({ peakRssMiB }) => peakRssMiB))),
      ok: all.every(({ check }) => check.ok),
    },
    ratio: Number((rate / median(best?.rates ?? [])).toFixed(2)),
  };
};
