import { join } from 'node:path';
import { writeEvents } from '../../../src/lab/event-file.ts';
import { importOlist } from '../../../src/lab/importers/olist.ts';
import { olistOrders, orderRow } from '../importers/olist-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const local = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const dayMs = 86_400_000;

/** Deterministic numbers from 0 to 1 (mulberry32), so that a failure can be run again by its seed. */
const numbersOf = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/**
 * An event file imported from generated orders of 60 days: most are on time, some late, lost, cancelled or odd; ten
 * customers order again and again, so that problems meet.
 */
export const olistHistory = async (of: { readonly seed: number; readonly orders: number }): Promise<string> => {
  const next = numbersOf(of.seed);
  const rows: string[] = [];
  const items: string[] = [];
  for (let number = 0; number < of.orders; number += 1) {
    const id = `o${number}`;
    const purchased = Date.UTC(2018, 1, 1) + Math.floor(next() * 60 * dayMs);
    const promised = purchased + (5 + Math.floor(next() * 15)) * dayMs;
    const kind = next();
    const arrives = kind < 0.6 ? purchased + next() * (promised - purchased) : promised + next() * 20 * dayMs;
    const cancelled = kind > 0.95;
    rows.push(
      orderRow({
        id,
        status: cancelled ? 'canceled' : kind > 0.85 ? 'shipped' : 'delivered',
        purchased: local(purchased),
        approved: local(purchased + next() * 3_600_000),
        handedOver: local(purchased + next() * 2 * dayMs),
        delivered: kind > 0.85 ? '' : local(arrives),
        promised: local(Math.floor(promised / dayMs) * dayMs),
      }),
    );
    for (let line = 1; line <= Math.floor(next() * 4); line += 1)
      items.push(`${id},${line},p1,s1,,${(next() * 200).toFixed(2)},${(next() * 30).toFixed(2)}`);
  }
  return historyOf(olistOrders(rows, items));
};

/** An event file imported from a folder of Olist files, for one test. */
export const historyOf = (folder: string): Promise<string> => importInto(temporaryFolder(), folder);

/** An event file in `home`, imported from a folder of Olist files. */
export const importInto = async (home: string, folder: string): Promise<string> => {
  const { records } = await importOlist(folder);
  const path = join(home, 'history.ndjson');
  await writeEvents(path, records);
  return path;
};
