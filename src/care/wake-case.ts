import type { Task } from '../engine/stage.ts';
import type { Policy } from '../policy/policy.ts';
import { ruleFor } from '../policy/rule-for.ts';
import { decisions } from '../topics/decisions.ts';
import { topicOf } from '../topics/remedies.ts';
import { after, instant } from '../values/time.ts';
import type { Case } from './cases/case.ts';
import { cases, heldCases } from './cases/case.ts';
import { permitOf } from './controls/switch.ts';
import { decide } from './decide.ts';
import { emptyLedger, orderKey, orders } from './ledger/order-ledger.ts';
import { purchaseFor, titlePart } from './purchases/purchase.ts';
import type { Situation } from './situation.ts';
import type { Verdict } from './verdict.ts';

const situationOf = (of: Readonly<Case>, task: Task, policy: Policy, act: boolean): Situation => {
  const { customer, order: told, subject, context, detector, finding } = of.issue;
  const { title, watchedAt } = context;
  const purchase = title === undefined ? undefined : purchaseFor(task, customer, title, watchedAt ?? finding.since);
  const order = title === undefined ? told : purchase?.order;
  return {
    case: of,
    reached: of.wakeAt ?? of.forgetAt,
    now: task.now,
    policy,
    rule: ruleFor(policy, detector, finding.reason),
    act,
    permit: permitOf((table, key) => task.get(table, key), policy.hash),
    money: task.money,
    purchase,
    order,
    part: title === undefined ? subject : titlePart(title),
    ledger: (order === undefined ? undefined : task.get(orders, orderKey(customer, order))) ?? { ...emptyLedger, keptSince: task.now },
  };
};

const tell = ({ decisions: made, commands }: Verdict, task: Task): void => {
  for (const decision of made) {
    const { outcome, issue, customer, detector, rule, because, at } = decision;
    const last = because.at(-1);
    const why = last === undefined ? '' : `${last.check}: ${last.saw}`;
    task.emit(decisions, decision);
    task.tell({ name: 'DecisionMade', outcome, issue, customer, detector, rule, why, at });
  }
  for (const command of commands) {
    const { kind, mode, rule, id, customer, decidedAt } = command;
    const { amountMinor, currency } =
      command.kind === 'refund' || command.kind === 'credit' ? command.money : { amountMinor: 0, currency: '' };
    task.emit(topicOf(kind), command);
    task.tell({ name: 'CommandOrdered', kind, mode, rule, command: id, customer, amountMinor, currency, at: decidedAt });
  }
};

/** Looks at a case that is due: records what is decided, orders it, keeps the books; forgets it once its claim window is over. */
export const wakeCase = (key: string, of: Readonly<Case>, task: Task, policy: Policy, act: boolean): void => {
  if (of.wakeAt === undefined) {
    task.put(cases, key, undefined);
    task.put(heldCases, key, undefined);
    return;
  }
  const situation = situationOf(of, task, policy, act);
  const verdict = decide(situation);
  tell(verdict, task);
  // Only what was decided counts: what is held and looked at again and again is forgotten all the same.
  const forgetAt =
    verdict.decisions.length === 0 ? of.forgetAt : instant(Math.max(of.forgetAt, after(situation.now, policy.claimWindowMs)));
  task.put(cases, key, { ...verdict.case, forgetAt });
  const isHeld = !verdict.case.over && Object.values(verdict.case.steps).some(({ state }) => state === 'held');
  const wasHeld = task.get(heldCases, key) !== undefined;
  if (isHeld !== wasHeld) task.put(heldCases, key, isHeld ? { held: true } : undefined);
  if (situation.order !== undefined && verdict.ledger !== situation.ledger)
    task.put(orders, orderKey(of.issue.customer, situation.order), {
      ...verdict.ledger,
      forgetAt: instant(Math.max(verdict.ledger.forgetAt, forgetAt)),
    });
};
