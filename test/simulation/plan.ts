import type { TimeMode } from '../../src/engine/changelog.ts';
import type { FaultHook, FaultPoint } from '../../src/engine/log.ts';
import { Chance } from '../../src/world/chance.ts';
import type { FaultKind } from './fault-kinds.ts';
import { crashPoints } from './fault-kinds.ts';

/** A fault that waits for a request: it hits the `nth` that matches, once the run has come as far as `from` (0 to 1). */
export interface RequestFault {
  readonly kind: FaultKind;
  readonly points: readonly FaultPoint[];
  readonly outcome: Awaited<ReturnType<FaultHook>>;
  /** Part of the owner's name: a stage. */
  readonly owner: string;
  readonly timersAlone?: true;
  readonly from: number;
  nth: number;
}

/** A fault that is done to a process, to the broker or to time, once the run has come as far as `from` (0 to 1). */
export interface Deed {
  readonly kind: FaultKind;
  readonly from: number;
}

/** All that a seed decides before a run begins. */
export interface Plan {
  readonly seed: number;
  readonly mode: TimeMode;
  readonly partitions: number;
  readonly processes: number;
  /** The detecting stages and care in processes of their own. */
  readonly isSplit: boolean;
  readonly batchRecords: number;
  readonly isSwitchLate: boolean;
  /** An operator stops all money midway, and lets it move again later. */
  readonly isStoppedMidway: boolean;
  readonly requests: RequestFault[];
  readonly deeds: Deed[];
}

const anyPoint: readonly FaultPoint[] = ['fetch', 'ends', 'initialise', 'addPartitions', 'produce', 'join'];

/** How each kind that meets a request is done. */
const requestKinds: readonly Pick<RequestFault, 'kind' | 'points' | 'outcome' | 'timersAlone'>[] = [
  ...crashPoints.map((point) => ({ kind: `crash at ${point}` as const, points: [point], outcome: 'crash' as const })),
  { kind: 'a request is refused', points: anyPoint, outcome: 'refuse' },
  { kind: 'a request is lost', points: anyPoint, outcome: 'lose-request' },
  { kind: 'an answer is lost', points: anyPoint, outcome: 'lose-answer' },
  { kind: 'a commit fails', points: ['end'], outcome: 'refuse' },
  { kind: 'a commit is lost on its way', points: ['end'], outcome: 'lose-request' },
  { kind: 'the answer to a commit is lost', points: ['end'], outcome: 'lose-answer' },
  { kind: 'the answer to a commit of timers alone is lost', points: ['end'], outcome: 'lose-answer', timersAlone: true },
  { kind: 'a zombie initialises after the true owner', points: ['end'], outcome: 'refuse' },
  { kind: 'a rebalance in the middle of a batch', points: ['produce'], outcome: 'none' },
  { kind: 'the coordinator is out of reach', points: ['heartbeat'], outcome: 'lose-request' },
  { kind: 'a fetch is delayed', points: ['fetch'], outcome: 'none' },
  { kind: 'the log stalls', points: ['fetch', 'ends', 'produce'], outcome: 'none' },
];

const deedKinds = [
  'a planned stop',
  'a transaction of others is left open',
  'busy writers',
  'a clock jumps',
  'a host clock is ahead',
  'an upstream stage lags',
  'an upstream stage restores',
] as const satisfies readonly FaultKind[];

const weakening = ['input is trimmed', 'the switch is recreated', 'partitions are added'] as const satisfies readonly FaultKind[];

/** One seed in so many holds money or timers for good, so that nothing missing can be asserted. */
const weakenedOneIn = 10;

/** What a seed decides. Of every ten seeds in a row each kind that matters is planned by some; the rest is chance. */
export const planOf = (seed: number): Plan => {
  const chance = new Chance(seed, 'plan');
  const requests: RequestFault[] = [];
  const deeds: Deed[] = [];
  const addRequest = (index: number): void => {
    const kind = requestKinds[index % requestKinds.length];
    if (!kind) return;
    requests.push({
      ...kind,
      ...(kind.points.length > 1 && kind.kind !== 'the log stalls' && { points: [chance.pick(kind.points)] }),
      owner: isTransactional(kind.points) ? chance.pick(['care', 'delivery', '']) : '',
      from: chance.between(0, 0.9),
      nth: chance.int(1, kind.points[0] === 'initialise' ? 1 : 12),
    });
  };
  for (let slot = 0; slot < 3; slot += 1) addRequest(seed * 3 + slot);
  const more = chance.int(1, 5);
  for (let index = 0; index < more; index += 1) addRequest(chance.int(0, requestKinds.length - 1));
  const first = deedKinds[seed % deedKinds.length];
  if (first) deeds.push({ kind: first, from: chance.between(0.05, 0.75) });
  for (const kind of deedKinds) if (chance.happens(0.15)) deeds.push({ kind, from: chance.between(0.05, 0.85) });
  const weak = seed % weakenedOneIn === 3 ? weakening[Math.floor(seed / weakenedOneIn) % weakening.length] : undefined;
  if (weak) deeds.push({ kind: weak, from: chance.between(0.15, 0.6) });
  const isLive =
    chance.happens(0.5) ||
    deeds.some(
      ({ kind }) => kind === 'partitions are added' || kind === 'the switch is recreated' || (kind === first && kind === 'a clock jumps'),
    );
  const isSwitchLate = seed % 7 === 2 || chance.happens(0.1);
  return {
    seed,
    mode: isLive ? 'live' : 'records',
    partitions: chance.weighted([[1, 3], [2, 4], [3, 3], [4, 2], [8, 1]]), // prettier-ignore
    processes: chance.weighted([[1, 2], [2, 4], [3, 2], [4, 1]]), // prettier-ignore
    isSplit: deeds.some(({ kind }) => kind.startsWith('an upstream')),
    batchRecords: chance.pick([2, 5, 12, 40, 2_000]),
    isSwitchLate,
    isStoppedMidway: !isSwitchLate && weak !== 'the switch is recreated' && chance.happens(0.3),
    requests,
    deeds: deeds.toSorted((a, b) => a.from - b.from),
  };
};

const isTransactional = ([point = 'fetch']: readonly FaultPoint[]): boolean =>
  ['initialise', 'addPartitions', 'after-addPartitions', 'produce', 'after-produce', 'end', 'after-end'].includes(point);
