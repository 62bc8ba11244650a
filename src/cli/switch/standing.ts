import type { Turn } from '../../care/controls/switch.ts';
import { foldControl } from '../../care/controls/switch.ts';
import type { Log } from '../../engine/log.ts';
import type { Control } from '../../topics/controls.ts';
import { controlKey, controls } from '../../topics/controls.ts';
import { tickHeader } from '../../values/record.ts';
import type { Clock } from '../../values/time.ts';
import { secondMs } from '../../values/time.ts';
import { partitionsOf, readToEnd } from '../read-to-end.ts';

type Armed = Extract<Control, { readonly state: 'armed' }>;

/** How the switch stands, by what its topic says. */
export interface Standing {
  /** Money moves under its policy, unless `stopped` or `unread` stands against it. */
  readonly armed: Armed | undefined;
  /** The stop that counts, if one does. */
  readonly stopped: Control | undefined;
  /** Keys whose last record can't be read: while there is one, tasks hold all money. */
  readonly unread: readonly string[];
  /** Every record that was read, also those that count no more. */
  readonly controls: readonly Control[];
  /** Above every latch that a task may have seen. */
  readonly nextLatch: number;
  /** The topic holds published history: there the switch is part of the history. */
  readonly isHistory: boolean;
}

/** Reads the whole topic and folds it as care does. Throws AMENDS_TOPIC_MISSING. */
export const readStanding = async (log: Log, clock: Clock): Promise<Standing> => {
  const partitions = await partitionsOf(log, controls.name);
  const rows = new Map<string, Turn>();
  const unread = new Set<string>();
  const read: Control[] = [];
  let isHistory = false;
  for await (const records of readToEnd(log, clock, partitions))
    for (const record of records) {
      if (record.value === null && record.headers().has(tickHeader)) {
        isHistory = true;
        continue;
      }
      const decoded = controls.decode(record);
      if (decoded.kind !== 'read') {
        unread.add(record.key?.toString('utf8') ?? 'no key');
        continue;
      }
      const key = controlKey(decoded.value);
      const turn = foldControl(rows.get(key), decoded.value, record.timestamp, rows.get('armed/fleet'));
      if (turn) rows.set(key, turn);
      unread.delete(key);
      read.push(decoded.value);
    }
  const ends = await log.ends(partitions);
  const armed = rows.get('armed/fleet')?.control;
  const stopped = rows.get('stopped/fleet')?.control;
  // What was trimmed away may have had any latch, and tasks remember it: by the time of day none is lower.
  const trimmed = ends.some(({ first }) => first > 0) ? Math.floor(clock.now() / secondMs) : 0;
  return {
    armed: armed?.state === 'armed' ? armed : undefined,
    stopped: stopped && stopped.latch >= (armed?.latch ?? 0) ? stopped : undefined,
    unread: [...unread],
    controls: read,
    nextLatch: Math.max(trimmed, ...read.map(({ latch }) => latch), 0) + 1,
    isHistory,
  };
};
