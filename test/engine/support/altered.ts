import type { Log } from '../../../src/engine/log.ts';

/** The port's methods of a log, some of them replaced. */
export const altered = (log: Log, as: Partial<Log>): Log => ({
  join: (group, tasks, on) => log.join(group, tasks, on),
  read: () => log.read(),
  write: (id, signal) => log.write(id, signal),
  ends: (partitions) => log.ends(partitions),
  describe: (topic) => log.describe(topic),
  trim: (before) => log.trim(before),
  append: (records) => log.append(records),
  close: () => log.close(),
  ...as,
});
