import { waitUntil } from '../broker/wait-until.ts';
import { transactionState } from '../broker/wire.ts';

/** Resolves once the last transaction of an id is over and its markers are written: what readers may see has moved by then. */
export const untilMarked = (broker: string, transactionalId: string): Promise<void> =>
  waitUntil(`markers of ${transactionalId}`, async () => !(await transactionState(broker, transactionalId)).startsWith('Prepare'));
