import { controls } from '../../topics/controls.ts';
import type { Control } from '../../topics/controls.ts';
import type { Instant } from '../../values/time.ts';
import type { HistoryRecord } from './read-history.ts';

/**
 * The word of the switch as a record of a history. Without a positive one no money moves; said before the first instant,
 * it holds for all of the history.
 */
export const controlRecord = (control: Control, at: Instant): HistoryRecord => ({
  topic: controls.name,
  key: controls.encode(control).key?.toString() ?? null,
  value: { json: control },
  headers: {},
  timestamp: at,
  line: 0,
});
