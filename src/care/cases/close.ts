import type { Command } from '../../topics/remedies.ts';
import { after } from '../../values/time.ts';
import { tryAgainMs } from '../controls/try-again.ts';
import { decisionIn } from '../decision-in.ts';
import { orderedIn } from '../ladder/command-for.ts';
import type { Situation } from '../situation.ts';
import type { Verdict } from '../verdict.ts';
import type { OrderedBefore } from './case.ts';

/** Messages on their way that can still be taken back. One that tells of money or goods stays: they are on their way too, and it is true. */
const retractable = ({ case: { ordered }, now }: Situation): OrderedBefore[] => {
  const taken = new Set(ordered.filter(({ kind }) => kind === 'retraction').map(({ nth }) => nth));
  return ordered.filter(
    ({ kind, nth, notBefore, announces }) =>
      kind === 'notification' && !taken.has(nth) && announces !== true && notBefore !== undefined && notBefore > now,
  );
};

/** Money that was due before the problem closed, and waits for the switch: still due where the wrong was done all the same. */
const isOwed = ({ case: { issue, steps } }: Situation): boolean =>
  issue.finding.stands === true && Object.values(steps).some(({ state }) => state === 'held');

/**
 * The problem went away by itself: what was not yet due is not ordered, and words not yet said are not said. What is held
 * was due: it stays so where the issue stands (it came, but late), and falls where it does not (it had come in time). Said once.
 */
export const close = (of: Situation): Verdict => {
  const back = of.act ? retractable(of) : [];
  const commands = back.map(({ id, nth }): Command => ({ ...orderedIn(of, 'retraction', nth), kind: 'retraction', of: id }));
  const before = of.case.ordered.length;
  const because = [
    { check: 'the problem is still open', saw: 'closed by itself', needed: 'open', passed: false },
    {
      check: 'ordered before it closed',
      saw: before === 0 ? 'nothing' : `${before} command${before === 1 ? '' : 's'}`,
      needed: 'any',
      passed: true,
    },
  ];
  const owed = isOwed(of);
  if (owed) because.push({ check: 'held before it closed', saw: 'still due, the wrong was done', needed: 'any', passed: true });
  const { wakeAt: _wakeAt, ...kept } = of.case;
  const { spoken, ...books } = of.ledger;
  const unsaid = back.length > 0 && spoken?.issue === of.case.issue.id;
  const retracted = commands.map(({ id }, index): OrderedBefore => ({ id, kind: 'retraction', nth: back[index]?.nth ?? 0 }));
  return {
    decisions: [decisionIn(of, { outcome: commands.length ? 'ordered' : 'nothing', commands, because })],
    commands,
    case: {
      ...kept,
      seen: true,
      ...(owed ? { owed, over: false, wakeAt: after(of.now, tryAgainMs) } : { over: true }),
      ordered: [...kept.ordered, ...retracted],
    },
    ledger: unsaid ? books : of.ledger,
  };
};
