import type { Seen, Stage, Task } from '../engine/stage.ts';
import { input, rows } from '../engine/stage.ts';
import type { Topic } from '../formats/topic.ts';
import type { Policy } from '../policy/policy.ts';
import type { Control } from '../topics/controls.ts';
import { controlKey, controls } from '../topics/controls.ts';
import { decisions } from '../topics/decisions.ts';
import type { Issue } from '../topics/issues.ts';
import { issues } from '../topics/issues.ts';
import type { OrderAdjustment } from '../topics/order-adjustments.ts';
import { orderAdjustments } from '../topics/order-adjustments.ts';
import { remedies } from '../topics/remedies.ts';
import type { StreamingPurchase } from '../topics/streaming-purchases.ts';
import { streamingPurchases } from '../topics/streaming-purchases.ts';
import type { CustomerId, OrderId } from '../values/ids.ts';
import { after, instant } from '../values/time.ts';
import { caseKey, cases, heldCases } from './cases/case.ts';
import { foldIssue } from './cases/fold-issue.ts';
import { foldControl, permitOf, turns } from './controls/switch.ts';
import { tellHeld } from './controls/tell-held.ts';
import { countAdjustment } from './ledger/count-adjustment.ts';
import { forgetOrder } from './ledger/forget-order.ts';
import { learnPart } from './ledger/learn-part.ts';
import type { OrderLedger } from './ledger/order-ledger.ts';
import { adjustments, emptyLedger, orderKey, orders } from './ledger/order-ledger.ts';
import { purchaseOf, purchases, titlePart } from './purchases/purchase.ts';
import { wakeCase } from './wake-case.ts';

/** How many turns of the switch there can be at most: a state each way, a scope. */
const allTurns = 1_000;

/**
 * The stage that decides. `policy` maps issues to remedies; without `act` every rule is in shadow: decided, recorded, not
 * ordered. Its handlers only fold and say when to look; only a row that is due decides.
 */
export const careStage = ({ policy, act }: { readonly policy: Policy; readonly act: boolean }): Stage => {
  const keepBooks = (task: Task, customer: CustomerId, order: OrderId, at: Seen, change: (ledger: OrderLedger) => OrderLedger): void => {
    const key = orderKey(customer, order);
    const before = task.get(orders, key) ?? { ...emptyLedger, keptSince: at.time };
    const forgetAt = instant(Math.max(before.forgetAt, after(at.time, policy.claimWindowMs)));
    // The earliest record, not the first: in live time a batch brings one topic before another.
    const keptSince = before.keptSince && instant(Math.min(before.keptSince, at.time));
    task.put(orders, key, { ...change(before), forgetAt, ...(keptSince !== undefined && { keptSince }) });
  };

  const onIssue = (issue: Issue, at: Seen, task: Task): void => {
    const key = caseKey(issue.customer, issue.id);
    const before = task.get(cases, key);
    const now = foldIssue(before, issue, at, policy);
    if (now === undefined || now === before) return;
    task.put(cases, key, now);
    const { order, components, subject } = issue;
    if (order !== undefined && components.length > 0)
      keepBooks(task, issue.customer, order, at, (ledger) => learnPart(ledger, subject, components));
  };

  const onPurchase = (purchase: StreamingPurchase, at: Seen, task: Task): void => {
    const { customer, title, order } = purchase;
    task.put(purchases, `${customer}/${title}/${order}`, purchaseOf(purchase, at, after(at.time, policy.claimWindowMs)));
    keepBooks(task, customer, order, at, (ledger) => learnPart(ledger, titlePart(title), purchase.components));
  };

  const onAdjustment = (adjustment: OrderAdjustment, at: Seen, task: Task): void => {
    const { customer, order } = adjustment;
    const counted = `${orderKey(customer, order)}/${adjustment.adjustment}`;
    if (task.get(adjustments, counted) !== undefined) return;
    task.put(adjustments, counted, { counted: true });
    keepBooks(task, customer, order, at, (ledger) => countAdjustment(ledger, adjustment, at));
  };

  const onControl = (control: Control, at: Seen, task: Task): void => {
    const key = controlKey(control);
    const turn = foldControl(task.get(turns, key), control, at.time, task.get(turns, controlKey({ state: 'armed', scope: 'fleet' })));
    if (turn !== undefined) task.put(turns, key, turn);
  };

  const forgetControls = (task: Task): void => {
    for (const [key] of [...task.under(turns, '', '', allTurns)]) task.put(turns, key, undefined);
  };

  return {
    name: 'care',
    // The order at one instant: a switch, money elsewhere and a purchase count before the issue that they bear on.
    inputs: [
      input(controls, onControl, { whole: true, forget: forgetControls }),
      input(orderAdjustments, onAdjustment),
      input(streamingPurchases, onPurchase),
      input(issues, onIssue, { written: 'upstream' }),
    ],
    rows: [
      rows(turns, tellHeld),
      rows(cases, (key, row, task) => wakeCase(key, row, task, policy, act)),
      rows(orders, (key, row, task) => forgetOrder(key, row, task)),
      rows(purchases, (key, _, task) => task.put(purchases, key, undefined)),
      rows(adjustments),
      rows(heldCases),
    ],
    upstream: ['delivery', 'streaming'],
    outputs: [decisions, ...Object.values(remedies)] as unknown as readonly Topic<never>[],
    permit: (get) => permitOf(get, policy.hash).armed,
  };
};
