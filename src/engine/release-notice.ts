import type { Instant } from '../values/time.ts';
import { letterHeaders } from './dead-letter.ts';
import type { LogRecord, Outgoing } from './log.ts';
import { deadLettersTopic } from './topics.ts';

/** Names the stage that is released. */
const releaseHeader = 'amends.release';

/**
 * An operator has seen why tasks of a stage hold their timers and money, and lets them go on: a record for each partition of
 * the dead letters, which every task reads beside its inputs. It stays there, for whoever asks later.
 */
export const releaseNotices = (of: {
  readonly stage: string;
  readonly by: string;
  readonly why: string;
  readonly at: Instant;
  /** Of the dead letters. */
  readonly partitions: number;
}): readonly Outgoing[] => {
  const { stage, by, why, at } = of;
  const value = Buffer.from(JSON.stringify({ release: stage, by, why, at: new Date(at).toISOString() }));
  const headers = new Map([[releaseHeader, Buffer.from(stage)]]);
  return Array.from({ length: of.partitions }, (_, partition) => ({
    topic: deadLettersTopic,
    partition,
    key: null,
    value,
    timestamp: at,
    headers,
  }));
};

/** The stage that a record on the dead letters releases, if it is no letter but a notice: a letter's headers may be anybody's. */
export const releasedBy = (record: LogRecord): string | undefined => {
  const headers = record.headers();
  return headers.has(letterHeaders.exception) ? undefined : headers.get(releaseHeader)?.toString('utf8');
};
