import type { Task } from '../../engine/stage.ts';
import { cases, heldCases } from '../cases/case.ts';
import type { Turn } from './switch.ts';
import { turns } from './switch.ts';

/** How many held cases are told in one transaction; the rest in the next. */
const toldAtOnce = 200;

/** After a turn of the switch: has the held cases looked at again, some now and the rest in the next transaction. */
export const tellHeld = (key: string, { control, cursor }: Turn, task: Task): void => {
  let last: string | undefined;
  let told = 0;
  for (const [held] of [...task.under(heldCases, '', cursor, toldAtOnce)]) {
    const row = task.get(cases, held);
    if (row === undefined) task.put(heldCases, held, undefined);
    else task.put(cases, held, { ...row, wakeAt: row.wakeAt === undefined || row.wakeAt > task.now ? task.now : row.wakeAt });
    last = held;
    told++;
  }
  const more = told === toldAtOnce && last !== undefined;
  task.put(turns, key, { control, cursor: more ? (last ?? '') : '', ...(more && { wakeAt: task.now }) });
};
