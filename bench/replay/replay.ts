import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Measured {
  readonly records: number;
  readonly cpuSeconds: number;
  readonly promisesCpuSeconds: number;
  readonly bareCpuSeconds: number;
  readonly peakRssMiB: number;
  readonly issues: number;
  readonly wakes: number;
  readonly transactions: number;
}

const runs = Number(process.env.RUNS ?? 5);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/**
 * A million scans of 100,000 parcels through parse, fold, timers, state and transactions of the delivery stage on the
 * embedded log. Records a CPU second, median of runs in processes of their own, beside the floor: parse and validation
 * of the same bytes alone, in the same processes.
 */
export const replay = async (): Promise<unknown> => {
  const measured: Measured[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, [new URL('run.ts', import.meta.url).pathname]);
    measured.push(JSON.parse(stdout) as Measured);
  }
  const rates = measured.map(({ records, cpuSeconds }) => Math.round(records / cpuSeconds));
  const floors = measured.map(({ records, bareCpuSeconds }) => Math.round(records / bareCpuSeconds));
  return {
    bench: 'replay',
    recordsPerCpuSecond: median(rates),
    spread: [Math.min(...rates), Math.max(...rates)],
    parseOnlyPerCpuSecond: median(floors),
    shareOfParseOnly: Number((median(rates) / median(floors)).toFixed(3)),
    peakRssMiB: median(measured.map(({ peakRssMiB }) => peakRssMiB)),
    promisesPerCpuSecond: Math.round(100_000 / median(measured.map(({ promisesCpuSeconds }) => promisesCpuSeconds))),
    issues: measured[0]?.issues,
    wakes: measured[0]?.wakes,
    transactions: measured[0]?.transactions,
    runs,
  };
};
