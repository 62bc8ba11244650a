import { waitUntil } from '../../broker/wait-until.ts';
import type { RunProcess } from '../../cli/service/a-process.ts';

/** A process takes its time to start where all cores are busy. */
const patienceMs = 60_000;

/** Until `/readyz` of a process gives a reason like this; gives all that it says then. */
export const untilItSays = async (process: RunProcess, reason: RegExp): Promise<string> => {
  let why = '';
  await waitUntil(
    `/readyz says ${reason}`,
    async () => {
      const readiness = await process.ready();
      why = readiness.why.join('\n');
      return !readiness.ready && reason.test(why);
    },
    patienceMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n/readyz says: ${why}\n${process.told.slice(-5).join('\n')}`, { cause: error });
  });
  return why;
};

/** Until all tasks of a process run and conclude. */
export const untilReady = async (process: RunProcess): Promise<void> => {
  let why = '';
  await waitUntil(
    'it is ready',
    async () => {
      const readiness = await process.ready();
      why = readiness.why.join('\n');
      return readiness.ready;
    },
    patienceMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n/readyz says: ${why}\n${process.told.slice(-5).join('\n')}`, { cause: error });
  });
};
