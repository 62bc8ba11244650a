import type { Decision } from '../../topics/decisions.ts';
import type { Command } from '../../topics/remedies.ts';
import type { Case, Reached, StepState } from '../cases/case.ts';
import { acting } from '../checks/acting.ts';
import { announced } from '../checks/announced.ts';
import { booksComplete } from '../checks/books-complete.ts';
import type { Examine, Examined } from '../checks/examined.ts';
import { fulfilledByUs } from '../checks/fulfilled-by-us.ts';
import { linesFree } from '../checks/lines-free.ts';
import { moneyArmed } from '../checks/money-armed.ts';
import { notCancelled } from '../checks/not-cancelled.ts';
import { noStop } from '../checks/no-stop.ts';
import { notGivenBefore } from '../checks/not-given-before.ts';
import { notInstead } from '../checks/not-instead.ts';
import { oneVoice } from '../checks/one-voice.ts';
import { oneCurrency } from '../checks/one-currency.ts';
import { openLongEnough } from '../checks/open-long-enough.ts';
import { orderKnown } from '../checks/order-known.ts';
import { paidKnown } from '../checks/paid-known.ts';
import { promiseOver } from '../checks/promise-over.ts';
import { purchaseFound } from '../checks/purchase-found.ts';
import { somethingLeft } from '../checks/something-left.ts';
import { stillWanted } from '../checks/still-wanted.ts';
import { wordsKnown } from '../checks/words-known.ts';
import { wordsTrue } from '../checks/words-true.ts';
import { decisionIn } from '../decision-in.ts';
import type { OrderLedger } from '../ledger/order-ledger.ts';
import type { Ruled } from '../situation.ts';
import { booksAfter } from './books-after.ts';
import { commandFor, escalationFor } from './command-for.ts';
import type { NumberedStep } from './numbered.ts';

const always = [openLongEnough, promiseOver, notInstead, notGivenBefore];
const money = [
  ...always,
  purchaseFound,
  orderKnown,
  notCancelled,
  noStop,
  booksComplete,
  paidKnown,
  oneCurrency,
  somethingLeft,
  acting,
  moneyArmed,
];

/** What is looked at for each kind of remedy, in this order; the first that does not pass decides. `acting` and `moneyArmed` come last: what they hold back was right. */
const plans: Readonly<Record<NumberedStep['step']['remedy'], readonly Examine[]>> = {
  refund: money,
  credit: money,
  replacement: [
    ...always,
    orderKnown,
    notCancelled,
    noStop,
    booksComplete,
    paidKnown,
    oneCurrency,
    fulfilledByUs,
    linesFree,
    acting,
    moneyArmed,
  ],
  notification: [openLongEnough, notInstead, oneVoice, notGivenBefore, stillWanted, wordsKnown, announced, wordsTrue, acting],
  escalation: [openLongEnough, notInstead, notGivenBefore, acting],
};

/** The number of an escalation that no step of a ladder has. */
const outsideTheLadder = 0;

/** A step taken: what was decided, what goes out, and the case and books after it. */
export interface Taken {
  readonly decision: Decision;
  readonly commands: readonly Command[];
  readonly case: Case;
  readonly ledger: OrderLedger;
}

const outcomes = { ordered: 'ordered', shadow: 'shadow', held: 'held', stopped: 'held', nothing: 'nothing' } as const satisfies Record<
  StepState,
  Decision['outcome']
>;

const remember = (of: Case, command: Command, nth: number, announces: boolean): Case['ordered'] => [
  ...of.ordered,
  { id: command.id, kind: command.kind, nth, ...(command.kind === 'notification' && { notBefore: command.notBefore, announces }) },
];

const whyStopped = (seen: readonly Examined[]): string => {
  const last = seen.at(-1)?.check;
  return `money is stopped (${last?.check}: ${last?.saw})`;
};

/** Once an order: a person is asked to look at what stopped its money. */
const askAPerson = (of: Ruled, seen: readonly Examined[]): readonly Command[] =>
  of.act && of.rule.mode === 'auto' && of.ledger.escalated === undefined
    ? [escalationFor(of, outsideTheLadder, of.ledger.stops.length > 0 ? 'order-disputes' : 'customer-care', whyStopped(seen))]
    : [];

/** Decides one step that is due. Pure: the case and the books that it returns are the next step's. */
export const takeStep = (of: Ruled, step: NumberedStep, ladder: readonly NumberedStep[]): Taken => {
  const seen: Examined[] = [];
  for (const examine of plans[step.step.remedy]) {
    const examined = examine(of, step, ladder);
    if (examined !== undefined) seen.push(examined);
    if (examined?.check.passed === false) break;
  }
  const last = seen.at(-1);
  const state = last === undefined || last.check.passed ? 'ordered' : last.otherwise;
  const because = seen.map(({ check }) => check);
  const reached = (becomes: Reached): Case => ({ ...of.case, steps: { ...of.case.steps, [step.key]: becomes } });
  const decided = (commands: readonly Command[]): Decision =>
    decisionIn(of, { outcome: outcomes[state], step: step.step.name, commands, because });

  if (state === 'stopped') {
    const asked = askAPerson(of, seen);
    return {
      decision: decided(asked),
      commands: asked,
      case: reached({ state }),
      ledger: asked[0] === undefined ? of.ledger : { ...of.ledger, escalated: asked[0].id },
    };
  }
  if (state === 'held' || state === 'nothing') return { decision: decided([]), commands: [], case: reached({ state }), ledger: of.ledger };

  const command = commandFor(of, step, ladder);
  const amount = command.kind === 'refund' || command.kind === 'credit' ? { money: command.money } : {};
  const after = reached({ state, ...amount });
  if (state === 'shadow') return { decision: decided([command]), commands: [], case: after, ledger: of.ledger };
  return {
    decision: decided([command]),
    commands: [command],
    case: {
      ...after,
      ordered: remember(of.case, command, step.nth, step.step.remedy === 'notification' && step.step.announces !== undefined),
    },
    ledger: booksAfter(of, step, command),
  };
};
