import type { Command } from '../../topics/remedies.ts';
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

/** The problem went away by itself: what was not yet ordered is not ordered, and words not yet said are not said. Said once. */
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
  const { wakeAt: _wakeAt, ...kept } = of.case;
  const retracted = commands.map(({ id }, index): OrderedBefore => ({ id, kind: 'retraction', nth: back[index]?.nth ?? 0 }));
  return {
    decisions: [decisionIn(of, { outcome: commands.length ? 'ordered' : 'nothing', commands, because })],
    commands,
    case: { ...kept, seen: true, over: true, ordered: [...kept.ordered, ...retracted] },
    ledger: of.ledger,
  };
};
