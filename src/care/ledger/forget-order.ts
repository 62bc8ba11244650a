import type { Task } from '../../engine/stage.ts';
import { after, dayMs, instant } from '../../values/time.ts';
import type { Case } from '../cases/case.ts';
import { cases } from '../cases/case.ts';
import type { OrderLedger } from './order-ledger.ts';
import { adjustments, orders } from './order-ledger.ts';

/** How many rows are looked at or dropped in one transaction. */
const atOnce = 200;

/** Whether a case may still ask for the books of an order; of a title's it is known only when looked at. */
const isAbout = ({ issue }: Case, order: string): boolean => issue.order === order || issue.context.title !== undefined;

/**
 * An order's claim window is over: its books go, a batch of adjustments at a time, unless a case that may ask for them is
 * still kept: they stay as long as that, and are looked at again a day later where that isn't known.
 */
export const forgetOrder = (key: string, ledger: Readonly<OrderLedger>, task: Task): void => {
  const slash = key.indexOf('/');
  const customer = key.slice(0, slash);
  const order = key.slice(slash + 1);
  const kept = [...task.under(cases, `${customer}/`, '', atOnce)];
  const asking = kept.filter(([, one]) => isAbout(one, order)).map(([, { forgetAt }]) => forgetAt);
  if (asking.length > 0 || kept.length === atOnce) {
    const last = Math.max(...asking, 0);
    task.put(orders, key, { ...ledger, forgetAt: last > task.now ? instant(last) : after(task.now, dayMs) });
    return;
  }
  const counted = [...task.under(adjustments, `${key}/`, '', atOnce)];
  for (const [adjustment] of counted) task.put(adjustments, adjustment, undefined);
  if (counted.length < atOnce) task.put(orders, key, undefined);
};
