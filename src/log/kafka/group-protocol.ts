import { z } from 'zod';
import type { TaskId } from '../../engine/log.ts';
import { taskName } from '../../engine/log.ts';
import { assign } from '../shared/assign.ts';

/** What a process tells the others when it joins. */
export interface Claim {
  /** Tasks that it can run. */
  readonly tasks: readonly TaskId[];
  /** By name: those that it runs, and since which generation it may. */
  readonly held: readonly string[];
  /** By name: those that it is giving up, and still runs. */
  readonly losing: readonly string[];
  /** Of the assignment that `held` is from: of two that claim a task the later one has it. */
  readonly generation: number;
}

/** What the leader gives a process: its tasks, and which of them it is to give up. By name. */
export interface Given {
  readonly ours: readonly string[];
  readonly losing: readonly string[];
}

const version = 0;

const names = z.array(z.string());
// Whoever leads must be able to share whatever others say: if that failed, nobody would get anything.
const claimSchema = z.object({
  tasks: z.array(z.object({ stage: z.string(), partition: z.int() })),
  held: names,
  losing: names,
  generation: z.int(),
});
const givenSchema = z.object({ ours: names, losing: names });

/** A subscription of Kafka's consumer protocol (ConsumerProtocolSubscription, version 0) to no topic; what is ours is its user data. */
export const encodeClaim = (claim: Claim): Buffer => withUserData(claim);

/** An assignment of Kafka's consumer protocol (ConsumerProtocolAssignment, version 0) of no partitions; what is ours is its user data. */
export const encodeGiven = (given: Given): Buffer => withUserData(given);

/** Undefined where it is not ours: a consumer of another kind is in the group. */
export const decodeClaim = (bytes: Buffer): Claim | undefined => userDataOf(bytes, claimSchema);

/** Nothing where the leader gave nothing. */
export const decodeGiven = (bytes: Buffer): Given => userDataOf(bytes, givenSchema) ?? { ours: [], losing: [] };

/**
 * Who gets what, by member. A task that is to move stays with who runs it, as one to give up, and is given to nobody else
 * until that one has joined again without it: so no two run it.
 */
export const share = (claims: ReadonlyMap<string, Claim>): ReadonlyMap<string, Given> => {
  const members = [...claims].sort(([a], [b]) => (a < b ? -1 : 1));
  const tasks = new Map<string, TaskId>();
  const owners = new Map<string, { readonly member: string; readonly generation: number; readonly isLosing: boolean }>();
  for (const [member, { tasks: runnable, held, losing, generation }] of members) {
    for (const task of runnable) tasks.set(taskName(task), task);
    for (const name of [...held, ...losing]) {
      const known = owners.get(name);
      const isLosing = losing.includes(name);
      // Of the same generation: who was thrown out and came back is giving up what another runs by now.
      const isLater = !known || known.generation < generation || (known.generation === generation && known.isLosing && !isLosing);
      if (isLater) owners.set(name, { member, generation, isLosing });
    }
  }
  const targets = assign(
    [...tasks]
      .sort(([, a], [, b]) => (a.stage < b.stage ? -1 : a.stage > b.stage ? 1 : a.partition - b.partition))
      // What is being given up goes on to be: a task that is moved back and forth stands still each time.
      .map(([name, { stage }]) => ({ name, stage, owner: owners.get(name)?.isLosing ? undefined : owners.get(name)?.member })),
    members.map(([member, { tasks: runnable }]) => ({ member, tasks: new Set(runnable.map(taskName)) })),
  );
  const given = new Map(members.map(([member]) => [member, { ours: [] as string[], losing: [] as string[] }]));
  for (const name of tasks.keys()) {
    const target = targets.get(name);
    const owner = owners.get(name);
    if (owner && (owner.isLosing || owner.member !== target)) given.get(owner.member)?.losing.push(name);
    else if (target !== undefined) given.get(target)?.ours.push(name);
  }
  return given;
};

/** Both begin alike: version, an array of names (none, by us), the user data. */
const userDataAt = 10;

const withUserData = (value: Claim | Given): Buffer => {
  const userData = Buffer.from(JSON.stringify(value));
  const bytes = Buffer.alloc(userDataAt + userData.length);
  bytes.writeInt16BE(version, 0);
  bytes.writeInt32BE(userData.length, 6);
  userData.copy(bytes, userDataAt);
  return bytes;
};

const userDataOf = <T>(bytes: Buffer, schema: z.ZodType<T>): T | undefined => {
  try {
    if (bytes.readInt32BE(2) !== 0) return undefined;
    return schema.safeParse(JSON.parse(bytes.subarray(userDataAt, userDataAt + bytes.readInt32BE(6)).toString())).data;
  } catch {
    return undefined;
  }
};
