import { join } from 'node:path';
import { isatty } from 'node:tty';
import { pino } from 'pino';
import { endpoints } from '../../console/endpoints.ts';
import { fanOut } from '../../happenings/fan-out.ts';
import type { Telemetry } from '../../happenings/happening.ts';
import { silence } from '../../happenings/happening.ts';
import { createLogger, logTo } from '../../happenings/logger.ts';
import type { Metrics } from '../../happenings/metrics.ts';
import { createMetrics } from '../../happenings/metrics.ts';
import { writeEvents } from '../../lab/event-file.ts';
import { prepareFolder, writeFolder } from '../../lab/replay/output-folder.ts';
import { DrivenClock, realClock } from '../../values/clock.ts';
import type { Clock } from '../../values/time.ts';
import { hourMs, secondMs } from '../../values/time.ts';
import { holidayWeek } from '../../world/holiday-week.ts';
import type { World } from '../../world/holiday-week.ts';
import { readPolicyFile } from '../read-policy-file.ts';
import type { Terminal } from '../terminal.ts';
import { closingWords } from './closing-words.ts';
import { Play } from './play.ts';
import { Results } from './results.ts';
import { Screen } from './screen.ts';
import { serveNearby } from './serve.ts';
import { historyOf, outputsOf, summarise } from './summary.ts';
import { View } from './view.ts';

export interface DemoOptions {
  readonly seed: number;
  /** Simulated hours a second. */
  readonly speed: number;
  readonly parcels: number;
  readonly policy: string;
  readonly out?: string;
  readonly force?: true;
  readonly once?: true;
  readonly json?: true;
}

const parcelsAFilm = 7.5;

/** How many films are watched in a world of so many parcels. */
export const filmsFor = (parcels: number): number => Math.ceil(parcels / parcelsAFilm);

/**
 * Plays the week and tells what came of it. Throws AMENDS_FILE_UNREADABLE, AMENDS_POLICY_INVALID, AMENDS_FOLDER_NOT_EMPTY.
 */
export const runDemo = async (options: DemoOptions, terminal: Terminal): Promise<void> => {
  const { seed, parcels, out, json, once } = options;
  const policy = await readPolicyFile(options.policy);
  if (out !== undefined) await prepareFolder(out, options.force ?? false);
  const world = holidayWeek({ seed, parcels, films: filmsFor(parcels) });
  const clock = new DrivenClock(world.start);
  const metrics = createMetrics(clock);
  const play = await Play.start({ world, policy, clock, telemetry: fanOut(metrics.telemetry, logInto(out, clock)) });
  const results = new Results();
  const screen = new Screen({
    write: (text) => terminal.out(text),
    isTerminal: isatty(1),
    columns: terminal.columns,
    noColour: (terminal.environment['NO_COLOR'] ?? '') !== '',
  });
  const view = new View(screen, world);

  if (once || json) while (!play.isOver) await playStep(play, results);
  else await watch({ world, play, results, view, metrics, speed: options.speed });

  const outputs = outputsOf(play, results);
  const summary = summarise({ seed, policy, world, play, results, outputs });
  if (out !== undefined) {
    await writeEvents(join(out, 'history.ndjson'), historyOf(play));
    await writeFolder(out, outputs, summary);
  }
  await play.stop();
  if (json) terminal.out(`${JSON.stringify(summary)}\n`);
  else view.close(play, closingWords({ summary, out, anExample: results.anExample, columns: screen.columns }));
};

const playStep = async (play: Play, results: Results): Promise<ReturnType<Results['take']>> => {
  await play.step();
  return results.take(await play.news());
};

/** With pauses, so that simulated time goes by at `speed` hours a second, until the week is over or Ctrl-C. */
const watch = async (of: {
  readonly world: World;
  readonly play: Play;
  readonly results: Results;
  readonly view: View;
  readonly metrics: Metrics;
  readonly speed: number;
}): Promise<void> => {
  const { world, play, results, view, metrics, speed } = of;
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  const app = endpoints({ metrics, ready: () => play.ready() });
  try {
    view.open(await serveNearby(app), speed);
    const startedAt = realClock.now();
    while (!play.isOver && !stop.signal.aborted) {
      view.show(await playStep(play, results), play, results);
      const aheadMs = ((play.now - world.start) / (speed * hourMs)) * secondMs - (realClock.now() - startedAt);
      // Also when late: whoever asks for the metrics, or types Ctrl-C, gets a turn.
      await realClock.wait(Math.max(0, aheadMs), stop.signal);
    }
  } finally {
    process.removeListener('SIGINT', interrupt);
    await app.close();
  }
};

/** A line a happening beside the demo's other files; nowhere without a folder: the view tells the same for people. */
const logInto = (folder: string | undefined, clock: Clock): Telemetry =>
  folder === undefined
    ? silence
    : logTo(createLogger({ level: 'info', clock, destination: pino.destination({ dest: join(folder, 'happenings.ndjson'), sync: true }) }));
