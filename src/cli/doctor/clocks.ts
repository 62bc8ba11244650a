import type { Log } from '../../engine/log.ts';
import { clockToleranceMs } from '../../engine/progress.ts';
import { progressTopic } from '../../engine/topics.ts';
import { secondMs } from '../../values/time.ts';
import type { Clock } from '../../values/time.ts';
import type { Finding } from './finding.ts';
import { ok, warning, wrong } from './finding.ts';

/** What the engine makes nothing of: a tombstone under a key that is no task's. */
const key = Buffer.from('amends.doctor');

const inSeconds = (ms: number): string => `${(ms / secondMs).toFixed(1)} s`;

/** How far the broker's time lies outside of the span in which it must have been taken; 0 within. */
const outside = (atMs: number, fromMs: number, untilMs: number): number => (atMs < fromMs ? fromMs - atMs : Math.max(0, atMs - untilMs));

/**
 * Whether this machine's clock and the broker's agree, by a record that the broker stamps. More than 5 s apart no task
 * concludes anything.
 */
export const clocks = async (log: Log, clock: Clock): Promise<Finding> => {
  const about = 'clocks';
  const from = clock.now();
  const [appended] = await log.append([{ topic: progressTopic, partition: 0, key, value: null, timestamp: from }]);
  const until = clock.now();
  if (appended === undefined) return warning(about, 'The broker told no time.', 'Run the doctor again.');
  const apartMs = outside(appended.appendedAt, from, until);
  if (apartMs > clockToleranceMs)
    return wrong(
      about,
      `This machine and the broker are ${inSeconds(apartMs)} apart; from ${inSeconds(clockToleranceMs)} on nothing is concluded and no money moves.`,
      'Set both by NTP (chronyc tracking, timedatectl).',
    );
  if (apartMs > secondMs)
    return warning(
      about,
      `This machine and the broker are ${inSeconds(apartMs)} apart.`,
      'Set both by NTP (chronyc tracking, timedatectl).',
    );
  return ok(about, 'This machine and the broker agree to within a second.');
};
