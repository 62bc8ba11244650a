import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from '../median.ts';

interface Measured {
  readonly records: number;
  readonly cpuSeconds: number;
  readonly promisesCpuSeconds: number;
  readonly peakRssMiB: number;
  readonly issues: number;
  readonly wakes: number;
  readonly transactions: number;
}

const runs = Number(process.env.RUNS ?? 5);
const execute = async (script: string, folder: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, [new URL(script, import.meta.url).pathname, folder])).stdout;

/**
 * A million scans of 100,000 parcels (with a promise each, folded before and told apart) through parse, fold, timers, state and
 * transactions of the delivery stage on the embedded log. Records a CPU second of the whole process, collector and compiler
 * included: the median of runs in processes of their own, interleaved with the floor, which is parse and validation alone.
 */
export const replay = async (): Promise<unknown> => {
  const folder = await mkdtemp(join(tmpdir(), 'amends-bench-'));
  try {
    await execute('make.ts', folder);
    const measured: Measured[] = [];
    const floors: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      measured.push(JSON.parse(await execute('run.ts', folder)) as Measured);
      floors.push((JSON.parse(await execute('floor.ts', folder)) as { readonly cpuSeconds: number }).cpuSeconds);
    }
    const rates = measured.map(({ records, cpuSeconds }) => Math.round(records / cpuSeconds));
    const floor = Math.round((measured[0]?.records ?? 0) / median(floors));
    const { issues, wakes, transactions } = measured[0] ?? {};
    return {
      bench: 'replay',
      recordsPerCpuSecond: median(rates),
      spread: [Math.min(...rates), Math.max(...rates)],
      parseOnlyPerCpuSecond: floor,
      shareOfParseOnly: Number((median(rates) / floor).toFixed(3)),
      promisesPerCpuSecond: Math.round(100_000 / median(measured.map(({ promisesCpuSeconds }) => promisesCpuSeconds))),
      peakRssMiB: median(measured.map(({ peakRssMiB }) => peakRssMiB)),
      issues,
      wakes,
      transactions,
      runs,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
};
