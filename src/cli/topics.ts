import type { Command } from 'commander';
import { Option } from 'commander';
import type { TimeMode } from '../engine/changelog.ts';
import { countArgument } from './arguments.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly partitions: number;
  readonly replication?: number;
  readonly time: TimeMode;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Divides by 2, 3, 4 and 6 processes; a transaction over so few takes 2 to 9 ms (measured in a rehearsal). */
export const defaultPartitions = 12;

/** The option of every verb that must know how time is told. */
export const timeOption = (): Option =>
  new Option('--time <MODE>', 'how time is told: by the brokers (live), or by the records of a published history (records)')
    .choices(['live', 'records'])
    .default('live');

/** `amends topics create`: every topic of the pipeline, as it must be. */
export const topicsVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('topics')
    .description('the topics that Amends reads and writes')
    .command('create')
    .description('create the topics that are missing, and tell what of the others has to be mended, and how')
    .option(
      '--partitions <N>',
      'how many partitions new topics get, unless topics that are there decide it',
      countArgument(1_000),
      defaultPartitions,
    )
    .option('--replication <N>', "how many copies new topics get (default: the brokers' own)", countArgument(15))
    .addOption(timeOption())
    .option('--dry-run', 'change nothing: print the commands that would do it')
    .option('--json', 'what was done and found as one JSON document on standard output')
    .addHelpText('after', '\nWhat is there is never changed. Running it again does nothing.')
    .action(async (options: Options) => {
      const { createTopics } = await import('./topics/create-topics.ts');
      await createTopics(options, terminal);
    });
};
