import type { Table } from '../../engine/stage.ts';
import type { Issue } from '../../topics/issues.ts';
import type { CommandId, CustomerId, IssueId, RemedyKind } from '../../values/ids.ts';
import type { Money } from '../../values/money.ts';
import type { Position } from '../../values/record.ts';
import type { Instant } from '../../values/time.ts';

/** What became of a step in this run of the ladder. `held`: looked at again; `stopped`: a person has it. */
export type StepState = 'ordered' | 'shadow' | 'held' | 'stopped' | 'nothing';

/** A step that was reached. `money`: what it gave, or would have given. */
export interface Reached {
  readonly state: StepState;
  readonly money?: Money;
}

/** A command that this case ordered, in any run. */
export interface OrderedBefore {
  readonly id: CommandId;
  readonly kind: RemedyKind;
  readonly nth: number;
  /** Messages: when it may be sent, until which it can be taken back. */
  readonly notBefore?: Instant;
  /** A message that tells of money or goods: what it tells stays true, so it isn't taken back. */
  readonly announces?: boolean;
}

/** An issue in care's hands. Keyed by the issue, which can open, close and open again. */
export interface Case {
  /** As last told, without its components: they are in the order's books. */
  readonly issue: Omit<Issue, 'components'>;
  /** Where that was told. */
  readonly toldAt: Position;
  /** When the issue was first heard of. */
  readonly firstOpenedAt: Instant;
  /** When it last opened: delays start here. */
  readonly openedAt: Instant;
  readonly closedAt?: Instant;
  /** It was looked at in this run; before, its first decision says what it waits for. */
  readonly seen: boolean;
  /** Nothing is decided by itself any more: it was old news, or its closing has been said. */
  readonly over: boolean;
  readonly historic: boolean;
  /** It closed and that was said, but what was due before is held, and still due when the switch turns. */
  readonly owed?: true;
  /** The reason for which it was said that no rule is there. */
  readonly unruled?: string;
  /** By kind and number (`refund/1`): which steps this run has reached. Not by name: a new policy can't reach them again. */
  readonly steps: Readonly<Record<string, Reached>>;
  readonly ordered: readonly OrderedBefore[];
  readonly wakeAt?: Instant;
  /** When it may be forgotten. */
  readonly forgetAt: Instant;
}

/** Key `customer/issue`. */
export const cases: Table<Case> = {
  name: 'cases',
  version: 1,
  upcast: (_, stored) => stored as Case,
  wakeAt: ({ wakeAt, forgetAt }) => wakeAt ?? forgetAt,
};

/** Cases with a step that waits for the switch; key `customer/issue`. What is held is looked at again when the switch turns. */
export const heldCases: Table<{ readonly held: true }> = {
  name: 'held',
  version: 1,
  upcast: () => ({ held: true }),
  wakeAt: () => undefined,
};

/** The key of a case. */
export const caseKey = (customer: CustomerId, issue: IssueId): string => `${customer}/${issue}`;

/** The highest number of a kind that this case ordered, in any run of the ladder; 0 where none. */
export const highestOf = ({ ordered }: Pick<Case, 'ordered'>, kind: RemedyKind): number =>
  Math.max(0, ...ordered.filter((each) => each.kind === kind).map(({ nth }) => nth));
