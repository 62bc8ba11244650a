import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { countArgument } from './arguments.ts';
import type { DemoOptions } from './demo/run-demo.ts';
import type { Terminal } from './terminal.ts';
import { processTerminal } from './terminal.ts';

const policyOfTheDemo = relative(process.cwd(), fileURLToPath(new URL('../../examples/demo-policy.yaml', import.meta.url)));

/** `amends demo`: a holiday week, simulated, watched and put right. */
export const demo = (program: Command, terminal: Terminal = processTerminal()): void => {
  program
    .command('demo')
    .description('watch a simulated holiday week: what goes wrong, and what is done about it')
    .option('--seed <N>', 'another number, another week; the same number, the same week', countArgument(999_999), 7)
    .option('--speed <N>', 'simulated hours a second', countArgument(100_000), 8)
    .option('--parcels <N>', 'how many parcels are under way; a film is watched for every 7 or 8 of them', countArgument(100_000), 3_000)
    .option('--policy <FILE>', 'the policy that decides', policyOfTheDemo)
    .option('--out <DIR>', 'keep what came in and what was decided, a file a topic, for amends explain')
    .option('--export <FILE>', 'write the world as an event file, for amends replay and amends publish, and play nothing')
    .option('--force', 'replace an older result in DIR')
    .option('--once', 'as fast as it goes, without serving metrics, and only the summary')
    .option('--json', 'the summary as one JSON document on standard output; implies --once')
    .addHelpText(
      'after',
      '\nNothing leaves this machine. The log, the world and its customers are in memory; Ctrl-C ends with the summary so far.',
    )
    .action(async (options: DemoOptions & { readonly export?: string }) => {
      if (options.export !== undefined) {
        const { exportDemo } = await import('./demo/export-demo.ts');
        await exportDemo(options.export, options, terminal);
        return;
      }
      const { runDemo } = await import('./demo/run-demo.ts');
      await runDemo(options, terminal);
    });
};
