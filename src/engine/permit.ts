import type { Batch } from './batch.ts';
import type { Log, TopicDescription } from './log.ts';
import type { Source } from './source.ts';
import type { Stage } from './stage.ts';

/**
 * Live: money may move if the stage says so, from broadcasts that are read to their end as of now, and are still the topics
 * that they were. Asked before the first record of a transaction is written, and again before it ends.
 */
export const mayMoneyMove = async (of: {
  readonly batch: Batch;
  readonly stage: Stage;
  readonly sources: readonly Source[];
  readonly log: Log;
  readonly described: (topic: string) => TopicDescription;
}): Promise<boolean> => {
  const { batch, stage, log } = of;
  const isAllowed = (): boolean => batch.money && (stage.permit?.((table, key) => batch.get(table, key)) ?? false);
  if (!isAllowed()) return false;
  const broadcasts = of.sources.filter(({ input }) => input.whole);
  const ends = await log.ends(broadcasts);
  for (const [index, source] of broadcasts.entries()) {
    const high = ends[index]?.high;
    if (high === undefined || source.next < high) return false;
    if ((await log.describe(source.topic)).id !== of.described(source.topic).id) return false;
  }
  return isAllowed();
};
