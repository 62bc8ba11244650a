import type { Command } from 'commander';
import type { Replayed } from '../lab/replay/replay.ts';
import type { Summary } from '../lab/replay/summary.ts';
import { realClock } from '../values/clock.ts';
import type { Instant } from '../values/time.ts';
import { secondMs } from '../values/time.ts';
import { countArgument, timeArgument } from './arguments.ts';
import { EndWith, exitCodes } from './exit-codes.ts';
import { moneyInWords } from './money-in-words.ts';
import { withProgress } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly policy: string;
  readonly out: string;
  readonly until?: Instant;
  readonly partitions: number;
  readonly processes: number;
  readonly skipBad?: true;
  readonly force?: true;
  readonly json?: true;
}

/** `amends replay FILE`: a history through the whole pipeline. */
export const replayVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('replay')
    .description('run a history through the whole pipeline, and write what it would have found and ordered')
    .argument('<FILE>', 'event file: a record a line (docs/event-files.md)')
    .requiredOption('--policy <FILE>', 'the policy, whose rules act in their own modes')
    .requiredOption('--out <DIR>', 'folder for a file a topic and summary.json')
    .option(
      '--until <TIME>',
      'conclude everything before TIME, and leave out records from then on (default: just past the last record)',
      timeArgument,
    )
    .option('--partitions <N>', 'how many partitions to split the history over; the result is the same', countArgument(512), 3)
    .option('--processes <N>', 'how many engines share the work; the result is the same', countArgument(32), 1)
    .option('--skip-bad', "go on without lines that can't be read")
    .option('--force', 'replace an older result in DIR')
    .option('--json', 'summary as one JSON document on standard output')
    .addHelpText('after', '\nNothing leaves this machine: commands go to files in DIR.')
    .action(async (file: string, options: Options) => {
      await replayFile(file, options, terminal);
    });
};

const replayFile = async (file: string, options: Options, terminal: Terminal): Promise<void> => {
  const { readPolicyFile } = await import('./read-policy-file.ts');
  const { replay } = await import('../lab/replay/replay.ts');
  const { partitions, processes, out, until, skipBad = false, force = false } = options;
  const policy = await readPolicyFile(options.policy);
  const startedAt = realClock.now();
  const replayed = await withProgress(terminal, `replaying ${file}`, (progress) =>
    replay({ file, policy, out, partitions, processes, skipBad, force, progress, ...(until !== undefined && { until }) }),
  );
  const tookMs = realClock.now() - startedAt;
  for (const warning of warningsOf(file, replayed)) terminal.error(`${warning}\n`);
  const { summary, held } = replayed;
  if (options.json) terminal.out(`${JSON.stringify({ ...summary, held, run: { file, out, partitions, processes, tookMs } })}\n`);
  else terminal.out(inWords(summary, out, tookMs));
  if (held.length > 0) throw new EndWith(exitCodes.mistakes);
};

const warningsOf = (file: string, { summary, skipped, held }: Replayed): readonly string[] => [
  ...(summary.records.inOrder ? [] : [`${file} is not in order of time: it was sorted in memory`]),
  ...skipped.map((line) => `skipped ${line}`),
  ...(summary.records.badLines > skipped.length ? [`skipped ${summary.records.badLines - skipped.length} more bad lines`] : []),
  ...(held.length > 0 ? ['The result is not whole; held at the end, and so not concluded:', ...held.map((task) => `  ${task}`)] : []),
];

const inWords = (summary: Summary, out: string, tookMs: number): string => {
  const { records, until, issues, decisions, commands, customersHelped, deadLetters } = summary;
  const total = Object.values(records.read).reduce((sum, count) => sum + count, 0);
  const row = (count: number, name: string, more = ''): string => `  ${String(count).padStart(8)}  ${name.padEnd(22)}${more}`.trimEnd();
  const lines = [
    `${total} records, ${records.first ?? 'never'} to ${records.last ?? 'never'}, in ${(tookMs / secondMs).toFixed(1)} s`,
    `problems found (everything before ${until ?? 'never'} is concluded)`,
    ...Object.entries(issues).map(([detector, { found, closed }]) => row(found, detector, `${closed} closed by now`)),
    'decisions',
    ...Object.entries(decisions).map(([outcome, count]) => row(count, outcome)),
    `commands, for ${customersHelped} customers`,
    ...Object.entries(commands).map(([kind, { count, money }]) => row(count, kind, money.map(moneyInWords).join(', '))),
    ...(Object.keys(deadLetters).length > 0 ? ['dead letters'] : []),
    ...Object.entries(deadLetters).map(([code, count]) => row(count, code)),
    `in ${out}; why something was done or not: amends explain ID --in ${out}`,
  ];
  return `${lines.join('\n')}\n`;
};
