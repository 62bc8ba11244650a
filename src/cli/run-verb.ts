import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { TimeMode } from '../engine/changelog.ts';
import type { Stage } from '../engine/stage.ts';
import { secondMs } from '../values/time.ts';
import { EndWith, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { timeOption } from './topics.ts';
import { version } from './version.ts';

interface Options {
  readonly stages?: readonly string[];
  readonly time: TimeMode;
  readonly act?: boolean;
  readonly policy?: string;
}

/** Longer than a batch, its commit and leaving the group take; less than the 30 s that orchestrators wait before they kill. */
const stopWithinMs = 20 * secondMs;

const namesOf = (typed: string): readonly string[] =>
  typed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** `amends run`: the service. */
export const runVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('run')
    .description('run as a service on your Kafka, until it is told to stop')
    .option('--stages <NAMES>', 'only these stages, with commas between: delivery, streaming, care (default: all)', namesOf)
    .addOption(timeOption())
    .option('--act', 'order what rules in auto decide; without it every rule is in shadow: decided, and not ordered')
    .option('--policy <FILE>', 'the policy that decides (default: AMENDS_POLICY)')
    .addHelpText(
      'after',
      '\nSettings come from the environment (docs/configuration.md). SIGTERM or Ctrl-C ends the batch under way and leaves.',
    )
    .action(async (options: Options, verb: Command) => {
      await runService(options, verb, terminal);
    });
};

const runService = async ({ stages: only, time, act = false, policy: file }: Options, verb: Command, terminal: Terminal): Promise<void> => {
  const { readConfiguration } = await import('../config.ts');
  const { fanOut } = await import('../happenings/fan-out.ts');
  const { createLogger, logTo } = await import('../happenings/logger.ts');
  const { createMetrics } = await import('../happenings/metrics.ts');
  const { KafkaLog } = await import('../log/kafka/kafka-log.ts');
  const { pipeline } = await import('../pipeline.ts');
  const { realClock: clock } = await import('../values/clock.ts');
  const { kafkaSettings } = await import('./kafka-settings.ts');
  const { readPolicyFile } = await import('./read-policy-file.ts');
  const { serve } = await import('./service/serve.ts');
  const { Service } = await import('./service/service.ts');
  const { siblingSlackMs } = await import('./service/sibling-slack.ts');
  const { untilToldToStop } = await import('./service/until-told-to-stop.ts');

  const configuration = readConfiguration(terminal.environment);
  const { application, httpHost: host, httpPort: port, logLevel: level, policyFile, warnings } = configuration;
  const settings = kafkaSettings(configuration, clock);
  const policy = await readPolicyFile(file ?? policyFile);
  const stages = chosen(pipeline({ policy, act }), only, verb);

  const metrics = createMetrics(clock);
  const telemetry = fanOut(metrics.telemetry, logTo(createLogger({ level, clock })));
  const name = `${hostname()}-${process.pid}`;
  const service = new Service({
    application,
    stages,
    time,
    clock,
    telemetry,
    version: version(),
    siblingSlackMs: siblingSlackMs(policy),
    name,
    connect: () => new KafkaLog(settings),
  });
  const names = stages.map((stage) => stage.name).join(', ');
  const listening = (address: string): void => {
    const how = `${time} time, ${act ? 'rules in auto act' : 'every rule in shadow'}, stages ${names}`;
    const what = `policy ${file ?? policyFile}, version ${policy.version}, ${policy.hash.slice(0, 12)}`;
    telemetry({ name: 'ServiceStarted', why: `amends ${version()}, application ${application}: ${how}; ${what}; pages at ${address}` });
    for (const why of warnings) telemetry({ name: 'ServiceWarned', why });
  };
  const giveUp = (error: unknown): void => {
    telemetry({
      name: 'ServiceStopped',
      why: `a mistake of Amends: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    });
    // Nobody knows what else is broken; the changelogs know what was done.
    process.exit(exitCodes.internal);
  };
  process.once('uncaughtException', giveUp);
  try {
    const ended = await untilToldToStop((signal) => serve({ service, metrics, host, port, listening }, signal), {
      signals: process,
      clock,
      withinMs: stopWithinMs,
    });
    if (ended === 'done') {
      telemetry({ name: 'ServiceStopped', why: 'it was told to, and has left nothing half done' });
      return;
    }
    telemetry({ name: 'ServiceStopped', why: `it was told to, and cut short: not done within ${stopWithinMs} ms, or told twice` });
  } catch (error) {
    telemetry({ name: 'ServiceStopped', why: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    process.off('uncaughtException', giveUp);
  }
  // What still waits for an answer would keep the process alive.
  setImmediate(() => process.exit(exitCodes.mistakes));
  throw new EndWith(exitCodes.mistakes);
};

/** The stages that this process is to run. Ends the verb where there is no such stage. */
const chosen = (stages: readonly Stage[], only: readonly string[] | undefined, verb: Command): readonly Stage[] => {
  if (only === undefined) return stages;
  const known = stages.map(({ name }) => name);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0 || only.length === 0)
    verb.error(`error: option '--stages <NAMES>': ${unknown.join(', ') || 'nothing'} is no stage; there are ${known.join(', ')}`);
  return stages.filter(({ name }) => only.includes(name));
};
