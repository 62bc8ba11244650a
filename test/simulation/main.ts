import { parseArgs } from 'node:util';
import { performance } from 'node:perf_hooks';
import type { FaultKind } from './fault-kinds.ts';
import { faultKinds } from './fault-kinds.ts';
import { lastLine, simulate } from './simulate.ts';
import type { Verdict } from './verdict.ts';

const usage = `usage: npm run simulate -- [--seeds N] [--seed S] [--for SECONDS] [--json]
  --seeds N      N seeds, from 1 or from S on (default 20)
  --seed S       the seed S alone, or the first of N
  --for SECONDS  fresh seeds from a random start, which is printed, until the time is over
  --json         a JSON line a seed and one for the summary
`;

const count = (text: string | undefined, name: string): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} takes a whole number, not "${text}"`);
  return value;
};

const inWords = (verdict: Verdict): string => {
  const { seed, mode, partitions, processes, problems } = verdict;
  return [
    `seed ${seed} failed (${mode} time, ${partitions} partitions, ${processes} processes):`,
    ...problems.map((problem) => `  - ${problem}`),
    `  once more: npm run simulate -- --seed ${seed}`,
    '',
  ].join('\n');
};

function* upFrom(first: number, seeds: number): Generator<number> {
  for (let seed = first; seed < first + seeds; seed += 1) yield seed;
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      for: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const seed = count(values.seed, 'seed');
  const forSeconds = count(values.for, 'for');
  const first = seed ?? (forSeconds === undefined ? 1 : Math.floor(Math.random() * 1_000_000_000));
  const seeds = count(values.seeds, 'seeds') ?? (forSeconds !== undefined ? Infinity : seed === undefined ? 20 : 1);
  const startedAt = performance.now();
  if (forSeconds !== undefined && !values.json) process.stdout.write(`seeds from ${first} on, for ${forSeconds} s\n`);
  const summary = await simulate({
    seeds: upFrom(first, seeds),
    isTimeLeft: () => forSeconds === undefined || performance.now() - startedAt < forSeconds * 1_000,
    each: (verdict) => {
      if (values.json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
      else if (verdict.problems.length > 0) process.stdout.write(inWords(verdict));
    },
  });
  if (summary.failed.length > 0) process.exitCode = 1;
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ ...summary, failed: summary.failed.map((verdict) => verdict.seed) })}\n`);
    return;
  }
  for (const kind of Object.keys(faultKinds) as FaultKind[])
    if (summary.faults[kind] !== undefined) process.stdout.write(`  ${String(summary.faults[kind]).padStart(6)} ${kind}\n`);
  process.stdout.write(`${lastLine(summary)}\n`);
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
