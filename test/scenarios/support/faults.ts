import type { FaultHook, FaultPoint } from '../../../src/engine/log.ts';
import type { Kind } from '../../engine/support/fault-points.ts';
import type { Fleet } from '../../engine/support/fleet.ts';

/** A hook that does nothing until it is armed: what happens to a start is another story, its supervisor tries again. */
export interface Armable {
  readonly hook: FaultHook;
  readonly arm: () => void;
}

const armable = (hook: FaultHook): Armable => {
  let isArmed = false;
  return {
    hook: async (point, owner) => (isArmed ? hook(point, owner) : 'none'),
    arm: () => {
      isArmed = true;
    },
  };
};

/** A fault that happens once: the `nth` time that `point` is passed by an owner whose name contains `owner`. */
export const once = (point: FaultPoint, kind: Kind, nth: number, owner = ''): Armable & { readonly hasHappened: () => boolean } => {
  let passed = 0;
  return {
    ...armable(async (at, by) => (at === point && by.includes(owner) && ++passed === nth ? kind : 'none')),
    hasHappened: () => passed >= nth,
  };
};

/** Fails nothing, and counts how often each point is passed by an owner whose name contains `owner`. */
export const counting = (): Armable & { readonly passes: (point: FaultPoint, owner?: string) => number } => {
  const seen: { readonly point: FaultPoint; readonly by: string }[] = [];
  return {
    ...armable(async (point, by) => {
      seen.push({ point, by });
      return 'none';
    }),
    passes: (point, owner = '') => seen.filter((one) => one.point === point && one.by.includes(owner)).length,
  };
};

/** Whoever died gets a successor, once its session has expired. */
export const revive = async (fleet: Fleet): Promise<void> => {
  if (fleet.processes.some(({ alive }) => alive)) return;
  await fleet.startProcess(`successor-${fleet.processes.length}`);
  await fleet.pass(20_000, 5_000);
};

/** What an interrupted transaction left open is aborted after its timeout, what waits to try again does, and who died is replaced. */
export const recover = async (fleet: Fleet): Promise<void> => {
  await revive(fleet);
  for (let round = 0; round < 3; round += 1) {
    await fleet.pass(15_000, 5_000);
    await revive(fleet);
  }
};
