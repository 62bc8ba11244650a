import { Engine } from '../../src/engine/engine.ts';
import { realClock } from '../../src/values/clock.ts';
import { logOf } from '../support/log-of.ts';
import { partitions, roundAt, scans, stage } from './open-shipments.ts';

/**
 * The stage in a process of its own, from its changelog to the end of its input, or (`empty`) from nothing to where it would begin. Prints
 * how long it took from the start of the process until all its tasks ran (ms), and what it then held (bytes).
 * Run it with `--expose-gc`.
 */
const [brokers = '', prefix = '', as = ''] = process.argv.slice(2);
const log = logOf(brokers, prefix);
const engine = await Engine.start({
  application: 'amends',
  stages: [stage],
  log,
  clock: realClock,
  time: 'records',
  telemetry: (happening) => {
    if (happening.name === 'TransactionFailed') throw new Error(happening.why);
  },
});
const stop = new AbortController();
const running = engine.run(stop.signal);
const allAre = (is: (task: ReturnType<Engine['tasks']>[number]) => boolean): boolean =>
  engine.tasks().length === partitions && engine.tasks().every(is);
while (!allAre(({ state }) => state === 'running')) await realClock.wait(5);
const runningAfterMs = performance.now();
if (as !== 'empty') while (!allAre(({ clock }) => clock >= roundAt(scans.length))) await realClock.wait(5);
const doneAfterMs = performance.now();
const rows = engine.tasks().reduce((sum, task) => sum + task.rows, 0);
const cpu = process.cpuUsage();
// Again, and a while between: what was fetched is let go of only when its last reader has ended. A young generation that is empty
// goes back to the system too, as it does in a process that rests: it is as large whatever is kept.
for (let times = 0; times < 3; times += 1) {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  await realClock.wait(200);
}
const { rss, heapUsed, external } = process.memoryUsage();
stop.abort();
await running;
await engine.stop();
await log.close();
process.stdout.write(
  JSON.stringify({ runningAfterMs, doneAfterMs, cpuSeconds: (cpu.user + cpu.system) / 1e6, rows, rss, heapUsed, external }),
);
