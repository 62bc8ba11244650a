import type { Command } from 'commander';
import type { TimeMode } from '../engine/changelog.ts';
import type { Terminal } from './terminal.ts';
import { timeOption } from './topics.ts';

interface Options {
  readonly time: TimeMode;
  readonly json?: true;
}

/** `amends doctor`: whether brokers, topics, switch and clocks are as they must be, and what to do where they are not. */
export const doctorVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('doctor')
    .description('look at brokers, topics, rights, clocks and the switch; say what is wrong and what to do')
    .addOption(timeOption())
    .option('--json', 'the findings as one JSON document on standard output')
    .addHelpText('after', '\nChanges nothing. Ends with 1 when something is wrong that keeps Amends from working.')
    .action(async ({ time, json }: Options) => {
      const { doctor } = await import('./doctor/run-doctor.ts');
      await doctor({ time, asJson: json ?? false }, terminal);
    });
};
