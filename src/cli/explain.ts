import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly in: string;
  readonly json?: true;
}

/** `amends explain ID`: why something was done, or not. */
export const explainVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('explain')
    .description('tell why a customer got something, or nothing: evidence, problem, decisions, commands')
    .argument('<ID>', 'of a command, an issue, an order, a customer or a shipment; or a decision by its place: remedy.decisions/0@LINE')
    .requiredOption('--in <DIR>', 'folder that a replay or the demo has written')
    .option('--json', 'the same as one JSON document on standard output')
    .action(async (id: string, options: Options) => {
      const { explain } = await import('../audit/explain.ts');
      const { readFolder } = await import('../lab/read-folder.ts');
      const isAudited = (topic: string): boolean => topic === 'amends.issues' || topic.startsWith('remedy.');
      const { lines, ...explained } = explain(id, await readFolder(options.in, isAudited));
      terminal.out(options.json ? `${JSON.stringify(explained)}\n` : `${lines.join('\n')}\n`);
    });
};
