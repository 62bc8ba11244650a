import type { Log, Writer } from '../../src/engine/log.ts';
import { untilMarked } from './until-marked.ts';

/** A broker answers the end of a transaction once the decision is written; the markers follow. Tests look at once, so this waits for them. */
const withMarkers = (writer: Writer, broker: string, transactionalId: string): Writer => ({
  commit: async (records, permit) => {
    const outcome = await writer.commit(records, permit);
    if (outcome.outcome === 'committed' || outcome.outcome === 'aborted') await untilMarked(broker, transactionalId);
    return outcome;
  },
  close: () => writer.close(),
});

/** `log` with the groups and transactional ids of a test under a name of their own, so that many tests can use one broker at once. */
export const underAPrefix = (log: Log, prefix: string, broker: string): Log => ({
  join: (group, tasks, on) => log.join(`${prefix}${group}`, tasks, on),
  read: () => log.read(),
  write: async (transactionalId, signal) => {
    const id = `${prefix}${transactionalId}`;
    return withMarkers(await log.write(id, signal), broker, id);
  },
  ends: (partitions) => log.ends(partitions),
  describe: (topic) => log.describe(topic),
  trim: (before) => log.trim(before),
  append: (records) => log.append(records),
  close: () => log.close(),
});
