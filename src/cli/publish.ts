import type { Command } from 'commander';
import type { Published } from '../lab/publish/publish.ts';
import type { DescribeTopics } from '../lab/publish/topic-kept.ts';
import type { KafkaSettings } from '../log/kafka/settings.ts';
import { realClock } from '../values/clock.ts';
import type { Instant } from '../values/time.ts';
import { secondMs } from '../values/time.ts';
import { timeArgument } from './arguments.ts';
import { withProgress } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly armed?: string;
  readonly until?: Instant;
  readonly skipBad?: true;
  readonly append?: true;
  readonly json?: true;
}

/** `amends publish FILE`: a history onto the brokers' topics. */
export const publishVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('publish')
    .description('publish a history onto the topics, for amends run --time records')
    .argument('<FILE>', 'event file: a record a line (docs/event-files.md)')
    .option('--armed <POLICY>', 'let money move under this policy, from before the first record on')
    .option(
      '--until <TIME>',
      'let everything before TIME be concluded, and leave out records from then on (default: just past the last record)',
      timeArgument,
    ) // prettier-ignore
    .option('--skip-bad', "go on without lines that can't be read")
    .option('--append', 'also where the topics hold records: the file goes on after them, in time too')
    .option('--json', 'summary as one JSON document on standard output')
    .addHelpText(
      'after',
      '\nHistory has topics of its own: set AMENDS_TOPIC_PREFIX to a name of its own, then\namends topics create --time records.',
    )
    .action(async (file: string, options: Options) => {
      await publishFile(file, options, terminal);
    });
};

const publishFile = async (file: string, { armed, until, skipBad, append, json }: Options, terminal: Terminal): Promise<void> => {
  const { readPolicyFile } = await import('./read-policy-file.ts');
  const { publish } = await import('../lab/publish/publish.ts');
  const { ourStages } = await import('./our-topics.ts');
  const { readStanding } = await import('./switch/standing.ts');
  const { withLog } = await import('./with-log.ts');
  const policyHash = armed === undefined ? undefined : (await readPolicyFile(armed)).hash;
  const startedAt = realClock.now();
  const published = await withLog(terminal, async ({ log, clock, configuration, settings }) => {
    const latch = policyHash !== undefined && append ? (await readStanding(log, clock)).nextLatch : 1;
    return withProgress(terminal, `publishing ${file}`, (progress) =>
      publish({
        file,
        log,
        describeTopics: (names) => describeTopics(settings, names),
        application: configuration.application,
        stages: ourStages(),
        now: clock.now(),
        progress,
        skipBad: skipBad ?? false,
        append: append ?? false,
        ...(until !== undefined && { until }),
        ...(policyHash !== undefined && { armed: { policyHash, latch } }),
      }),
    );
  });
  const tookMs = realClock.now() - startedAt;
  for (const warning of warningsOf(file, published)) terminal.error(`${warning}\n`);
  if (json) terminal.out(`${JSON.stringify({ file, ...asData(published), armed: policyHash ?? null, tookMs })}\n`);
  else terminal.out(inWords(published, armed, tookMs));
};

const describeTopics = async (settings: KafkaSettings, names: readonly string[]): ReturnType<DescribeTopics> => {
  const { KafkaAdmin } = await import('../log/kafka/admin.ts');
  const admin = await KafkaAdmin.open(settings);
  try {
    return await admin.describe(names);
  } finally {
    admin.close();
  }
};

const isoOf = (at: Instant | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

const asData = ({ records, ticks, first, last, until, badLines, leftOut, inOrder }: Published) => ({
  records,
  ticks,
  first: isoOf(first),
  last: isoOf(last),
  until: isoOf(until),
  badLines,
  leftOut,
  inOrder,
});

const warningsOf = (file: string, { inOrder, skipped, badLines }: Published): readonly string[] => [
  ...(inOrder ? [] : [`${file} is not in order of time: it was sorted on the way`]),
  ...skipped.map((line) => `skipped ${line}`),
  ...(badLines > skipped.length ? [`skipped ${badLines - skipped.length} more bad lines`] : []),
];

const inWords = ({ records, first, last, until, leftOut }: Published, armed: string | undefined, tookMs: number): string => {
  const total = Object.values(records).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${total} records, ${isoOf(first) ?? 'never'} to ${isoOf(last) ?? 'never'}, in ${(tookMs / secondMs).toFixed(1)} s`,
    ...Object.entries(records).map(([topic, count]) => `  ${String(count).padStart(8)}  ${topic}`),
    ...(leftOut > 0 ? [`${leftOut} records from ${isoOf(until) ?? 'then'} on were left out`] : []),
    armed === undefined ? 'not armed: no money will move (--armed POLICY)' : `armed for ${armed}`,
    `go on: amends run --time records --act${armed === undefined ? '' : ` --policy ${armed}`}; it concludes everything before ${isoOf(until) ?? 'never'}`,
  ];
  return `${lines.join('\n')}\n`;
};
