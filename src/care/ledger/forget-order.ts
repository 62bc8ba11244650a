import type { Task } from '../../engine/stage.ts';
import type { Policy } from '../../policy/policy.ts';
import { after } from '../../values/time.ts';
import { cases } from '../cases/case.ts';
import type { OrderLedger } from './order-ledger.ts';
import { adjustments, orders } from './order-ledger.ts';

/** How many rows are looked at or dropped in one transaction. */
const atOnce = 200;

/** An order's claim window is over: its books go, a batch of adjustments at a time, unless a case of the customer is still kept. */
export const forgetOrder = (key: string, ledger: Readonly<OrderLedger>, task: Task, policy: Policy): void => {
  const customer = key.slice(0, key.indexOf('/'));
  const [kept] = task.under(cases, `${customer}/`, '', 1);
  if (kept !== undefined) {
    task.put(orders, key, { ...ledger, forgetAt: after(task.now, policy.claimWindowMs) });
    return;
  }
  const counted = [...task.under(adjustments, `${key}/`, '', atOnce)];
  for (const [adjustment] of counted) task.put(adjustments, adjustment, undefined);
  if (counted.length < atOnce) task.put(orders, key, undefined);
};
