import type { Log, Writer } from '../../../src/engine/log.ts';
import type { Stage } from '../../../src/engine/stage.ts';
import { altered } from '../../engine/support/altered.ts';

/** A log whose writers are replaced; the rest is passed on. */
const withWriters = (log: Log, writerOf: (id: string, signal: AbortSignal) => Promise<Writer>): Log => altered(log, { write: writerOf });

/** Planted: an unknown outcome is taken for a failure, and the transaction is written again. */
export const unknownTakenAsFailed = (log: Log): Log =>
  withWriters(log, async (id, signal) => {
    const writer = await log.write(id, signal);
    return {
      close: () => writer.close(),
      commit: async (records, permit) => {
        const outcome = await writer.commit(records, permit);
        return outcome.outcome === 'unknown' ? (await log.write(id, signal)).commit(records, permit) : outcome;
      },
    };
  });

/** Planted: nobody asks for the permit before a commit. */
export const withoutPermit = (log: Log): Log =>
  withWriters(log, async (id, signal) => {
    const writer = await log.write(id, signal);
    return { close: () => writer.close(), commit: (records) => writer.commit(records) };
  });

/** Planted: care doesn't wait for the clocks of the stages before it. */
export const careWithoutProgress = (stages: readonly Stage[]): readonly Stage[] =>
  stages.map((stage) => (stage.name === 'care' ? { ...stage, upstream: [] } : stage));

/** Planted: delays are counted from the task's clock while a record is folded, not from when it was told. */
export const settleFromTaskClock = (stages: readonly Stage[]): readonly Stage[] =>
  stages.map((stage) => ({
    ...stage,
    inputs: stage.inputs.map((each) => ({ ...each, handle: (value, at, task) => each.handle(value, { ...at, time: task.now }, task) })),
  }));
