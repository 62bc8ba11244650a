import type { Position } from '../../../engine/log.ts';
import { AmendsError } from '../../../happenings/errors.ts';

/** The error for a batch that can't be read: where it begins, what is wrong with it and, if it isn't the usual, what to do. */
export const batchUnreadable = ({ topic, partition, offset }: Position, what: string, cure?: string): AmendsError =>
  new AmendsError('AMENDS_BATCH_UNREADABLE', [`${topic}/${partition}@${offset}: ${what}`], cure);
