import type { Command } from 'commander';
import type { Imported } from '../lab/importers/olist.ts';
import { countBy } from '../lab/count-by.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly out: string;
  readonly zone: string;
  readonly json?: true;
}

/** `amends import SOURCE`: other people's data as an event file. */
export const importVerb = (program: Command, terminal: Terminal): void => {
  const verb = program.command('import').description("turn other people's data into an event file");
  verb
    .command('olist')
    .description('the Olist marketplace: orders.csv, order_items.csv, customers.csv, sellers.csv')
    .argument('<DIR>', 'folder of the CSV files')
    .requiredOption('--out <FILE>', 'event file to write; appears whole or not at all')
    .option('--zone <ZONE>', "zone of the files' local times, which they don't say", 'America/Sao_Paulo')
    .option('--json', 'summary as one JSON document on standard output')
    .action(async (folder: string, options: Options) => {
      await importFrom(folder, options, terminal);
    });
};

const importFrom = async (folder: string, { out, zone, json }: Options, terminal: Terminal): Promise<void> => {
  const { importOlist } = await import('../lab/importers/olist.ts');
  const { writeEvents } = await import('../lab/event-file.ts');
  const imported = await importOlist(folder, zone);
  await writeEvents(out, imported.records);
  if (json) terminal.out(`${JSON.stringify({ file: out, ...summaryOf(imported) })}\n`);
  else terminal.error(inWords(out, imported));
};

const summaryOf = ({ records, orders, flags }: Imported) => ({
  orders,
  records: countBy(records, ({ topic }) => topic),
  from: isoOf(records[0]?.timestamp),
  until: isoOf(records.at(-1)?.timestamp),
  flags,
});

const isoOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

const inWords = (out: string, imported: Imported): string => {
  const { orders, records, from, until, flags } = summaryOf(imported);
  const lines = [`${out}: ${imported.records.length} records of ${orders} orders, ${from ?? 'never'} to ${until ?? 'never'}`];
  for (const [topic, count] of Object.entries(records)) lines.push(`  ${String(count).padStart(8)}  ${topic}`);
  const flagged = Object.entries(flags);
  if (flagged.length > 0) lines.push('odd, and kept (docs/event-files.md says what each means):');
  for (const [flag, count] of flagged) lines.push(`  ${String(count).padStart(8)}  ${flag}`);
  return `${lines.join('\n')}\n`;
};
