import type { Command } from 'commander';
import type { AuditRecord } from '../audit/audited.ts';
import { countArgument } from './arguments.ts';
import { withProgress } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly in?: string;
  readonly last: number;
  readonly json?: true;
}

/** `amends explain ID`: why something was done, or not. */
export const explainVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('explain')
    .description('tell why a customer got something, or nothing: evidence, problem, decisions, commands')
    .argument(
      '<ID>',
      'of a command, an issue, an order, a customer or a shipment; or a decision by its place: remedy.decisions/0@OFFSET (in a folder: 0@LINE)',
    )
    .option('--in <DIR>', 'look in a folder that a replay or the demo has written (default: ask the brokers)')
    .option('--last <N>', 'ask the brokers for the last N records of each partition and no more', countArgument(100_000_000), 1_000_000)
    .option('--json', 'the same as one JSON document on standard output')
    .action(async (id: string, options: Options) => {
      const { explain } = await import('../audit/explain.ts');
      const records = options.in === undefined ? await fromBrokers(id, options.last, terminal) : await fromFolder(options.in);
      const { lines, ...explained } = explain(id, records);
      terminal.out(options.json ? `${JSON.stringify(explained)}\n` : `${lines.join('\n')}\n`);
    });
};

const fromFolder = async (folder: string): Promise<readonly AuditRecord[]> => {
  const { readFolder } = await import('../lab/read-folder.ts');
  return readFolder(folder, (topic) => topic === 'amends.issues' || topic.startsWith('remedy.'));
};

const fromBrokers = async (id: string, last: number, terminal: Terminal): Promise<readonly AuditRecord[]> => {
  const { withLog } = await import('./with-log.ts');
  const { findOnLog } = await import('./explain/find-on-log.ts');
  const { records, isCut } = await withLog(terminal, ({ log, clock }) =>
    withProgress(terminal, `looking for ${id}`, (progress) => findOnLog(id, { log, clock, last, progress })),
  );
  if (isCut) terminal.error(`Only the last ${last} records of each partition were looked at; --last looks further back.\n`);
  return records;
};
