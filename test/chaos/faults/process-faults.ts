import { setTimeout as wait } from 'node:timers/promises';
import type { RunProcess } from '../../cli/service/a-process.ts';
import type { Chance } from '../../../src/world/chance.ts';
import type { Fault, Scene } from '../scene.ts';
import { pause } from '../scene.ts';

const size = 3;

/** One that has tasks: nobody misses another. */
const victimOf = ({ fleet, watch }: Scene, chance: Chance): RunProcess | undefined => {
  const busy = fleet.awake.filter((member) => watch.tasksOf(member).size > 0);
  return busy.length > 0 ? chance.pick(busy) : undefined;
};

const refill = ({ fleet }: Scene): void => {
  while (fleet.members.length < size) fleet.start();
};

/** How long it took; and what else was broken, at the beginning or the end. */
const tellMoved = async ({ tally, watch }: Scene, what: string, tasks: ReadonlySet<string>): Promise<void> => {
  const before = [...tally.underWay];
  const ms = await watch.untilMoved(tasks, 40_000);
  const others = [...new Set([...before, ...tally.underWay])].filter((lane) => lane !== 'processes');
  const took = ms === undefined ? 'not within 40 s' : `after ${(ms / 1_000).toFixed(1)} s`;
  tally.say(
    `  ${what}: its tasks moved again ${took}${others.length > 0 ? `, with trouble of ${others.join(', ')}` : ', with no other trouble'}`,
  );
};

const kill: Fault = async (scene, chance) => {
  const victim = victimOf(scene, chance);
  if (!victim) return;
  const tasks = scene.watch.tasksOf(victim);
  const moved = tellMoved(scene, `killed, with a session of ${scene.sessionMs / 1_000} s`, tasks);
  await victim.end('SIGKILL');
  scene.tally.fire('kill', `a process with ${tasks.size} tasks`);
  await pause(chance, 0, 3_000);
  refill(scene);
  await moved;
};

const stop: Fault = async (scene, chance) => {
  const victim = victimOf(scene, chance);
  if (!victim) return;
  const tasks = scene.watch.tasksOf(victim);
  const moved = tellMoved(scene, 'stopped', tasks);
  const code = await victim.end('SIGTERM');
  scene.tally.fire('stop', `a process with ${tasks.size} tasks, exit code ${String(code)}`);
  if (code !== 0 && code !== 1) scene.tally.complain(`a process that was told to stop ended with ${String(code)}`);
  refill(scene);
  await moved;
};

/** Stands still for longer than its session, so that others take its tasks, and comes back believing that they are its own. */
const zombie: Fault = async (scene, chance) => {
  const victim = victimOf(scene, chance);
  if (!victim) return;
  const { fleet, tally, watch, sessionMs } = scene;
  const tasks = watch.tasksOf(victim);
  const toldBefore = victim.told.length;
  fleet.freeze(victim);
  tally.fire('zombie', `a process with ${tasks.size} tasks stands still`);
  await pause(chance, sessionMs + 1_000, sessionMs + 5_000);
  const others = new Set(fleet.awake.flatMap((member) => [...watch.tasksOf(member)]));
  const taken = [...tasks].filter((task) => others.has(task));
  fleet.goOn(victim);
  const endsAt = performance.now() + 15_000;
  const refused = (): readonly string[] =>
    victim.told.slice(toldBefore).filter((text) => /fenced|INVALID_PRODUCER_EPOCH|given it to another|not ours|"closed"/.test(text));
  while (performance.now() < endsAt && refused().length === 0) await wait(100);
  tally.say(
    `  zombie: ${taken.length} of its ${tasks.size} tasks were others' by then; it was refused or gave up ${refused().length} times`,
  );
  if (taken.length > 0 && refused().length === 0 && victim.isRunning) tally.say('  zombie: it has not said within 15 s that it lost them');
};

/** Each of them, one after the other, as an orchestrator rolls out a version. */
const roll: Fault = async (scene) => {
  const { fleet, tally } = scene;
  if (fleet.awake.length < size) return;
  tally.fire('rolling restart', 'all three, one after the other');
  for (const member of fleet.awake) {
    await member.end('SIGTERM');
    const fresh = fleet.start();
    const endsAt = performance.now() + 15_000;
    while (performance.now() < endsAt) {
      const isReady = await fresh.ready().then(
        ({ ready }) => ready,
        () => false,
      );
      if (isReady) break;
      await wait(100);
    }
  }
};

/** To one, and back to three. */
const scale: Fault = async (scene, chance) => {
  const { fleet, tally } = scene;
  if (fleet.awake.length < size) return;
  const [, ...others] = fleet.awake;
  tally.fire('scaling', 'from three to one and back');
  await Promise.all(others.map((member) => member.end('SIGTERM')));
  await pause(chance, 2_000, 6_000);
  refill(scene);
};

/** Two at once, so that the one that is left takes over everything. */
const killTwo: Fault = async (scene, chance) => {
  const { fleet, tally, watch } = scene;
  if (fleet.awake.length < size) return;
  const two = fleet.awake.slice(0, 2);
  const tasks = new Set(two.flatMap((member) => [...watch.tasksOf(member)]));
  if (tasks.size === 0) return;
  tally.fire('kill of two', `${tasks.size} tasks between them`);
  await Promise.all(two.map((member) => member.end('SIGKILL')));
  await pause(chance, 0, 6_000);
  refill(scene);
  await pause(chance, scene.sessionMs, scene.sessionMs + 2_000);
};

/** What happens to the processes of the service. */
export const processFaults: readonly (readonly [Fault, number])[] = [
  [kill, 5],
  [zombie, 3],
  [stop, 3],
  [roll, 1],
  [scale, 1],
  [killTwo, 1],
];
