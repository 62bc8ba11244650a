import { countBy } from '../../lab/count-by.ts';
import { writeEvents } from '../../lab/event-file.ts';
import { holidayWeek } from '../../world/holiday-week.ts';
import type { Terminal } from '../terminal.ts';
import type { DemoOptions } from './run-demo.ts';
import { filmsFor } from './run-demo.ts';
import { eventOf } from './event-of.ts';

/** The demo's world as an event file, in order of time, without playing it. Throws AMENDS_FILE_UNREADABLE. */
export const exportDemo = async (
  file: string,
  { seed, parcels, policy, json }: Pick<DemoOptions, 'seed' | 'parcels' | 'policy' | 'json'>,
  terminal: Terminal,
): Promise<void> => {
  const { start, end, records } = holidayWeek({ seed, parcels, films: filmsFor(parcels) });
  await writeEvents(file, records.map(eventOf));
  const counts = countBy(records, ({ topic }) => topic);
  const [from, until] = [start, end].map((at) => new Date(at).toISOString());
  if (json) terminal.out(`${JSON.stringify({ file, seed, parcels, records: counts, from, until })}\n`);
  else
    terminal.error(
      [
        `${file}: ${records.length} records, ${from} to ${until}`,
        ...Object.entries(counts).map(([topic, count]) => `  ${String(count).padStart(8)}  ${topic}`),
        `go on: amends replay ${file} --policy ${policy} --until ${until} --out DIR`,
        '',
      ].join('\n'),
    );
};
