import type { Position } from '../values/record.ts';
import { partitionName } from '../values/record.ts';

/** `remedy.decisions/0@12`: where a record stands, and what a decision is asked for by, since it has no id of its own. */
export const placeName = (position: Position): string => `${partitionName(position)}@${position.offset}`;
