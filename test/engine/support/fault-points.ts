import type { FaultPoint } from '../../../src/engine/log.ts';

/** Every place at which a log can fail a process in the course of a transaction. */
export const points: readonly FaultPoint[] = [
  'fetch',
  'ends',
  'initialise',
  'addPartitions',
  'after-addPartitions',
  'produce',
  'after-produce',
  'end',
  'after-end',
];
/** What can go wrong there. */
export const kinds = ['refuse', 'lose-request', 'lose-answer', 'crash'] as const;
export type Kind = (typeof kinds)[number];
