import type { TaskState } from '../happenings/happening.ts';
import { invariant } from '../values/invariant.ts';

/**
 * A task's life. `claiming`: takes the transactional id, which fences the last owner. `restoring`: reads the changelog.
 * `running`. `waiting`: something failed; after a while it asks whether the task is still its own and claims it afresh:
 * there is one path back. `halted`: only a person can help. `closed`: it belongs to someone else, or the process ends.
 */
const mayFollow: Readonly<Record<TaskState, readonly TaskState[]>> = {
  claiming: ['restoring', 'waiting', 'halted', 'closed'],
  restoring: ['running', 'waiting', 'halted', 'closed'],
  running: ['waiting', 'halted', 'closed'],
  waiting: ['claiming', 'closed'],
  halted: ['closed'],
  closed: [],
};

/** `to`, if it may follow `from`. */
export const follow = (from: TaskState, to: TaskState): TaskState => {
  invariant(mayFollow[from].includes(to), `a ${from} task does not become ${to}`);
  return to;
};
