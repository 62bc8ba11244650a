import { Engine } from '../../src/engine/engine.ts';
import type { LogRecord } from '../../src/engine/log.ts';
import { changelogOf, deadLettersTopic, topicsNeeded } from '../../src/engine/topics.ts';
import { silence } from '../../src/happenings/happening.ts';
import { EmbeddedBroker } from '../../src/log/memory/embedded-broker.ts';
import { pipeline } from '../../src/pipeline.ts';
import { DrivenClock } from '../../src/values/clock.ts';
import type { Observed } from './observed.ts';

const application = 'clean';

/** What the same inputs lead to where nothing goes wrong: one process, one batch after the other, in `records` time. */
export const cleanRun = async (
  of: Observed,
): Promise<{
  readonly outputs: ReadonlyMap<string, readonly LogRecord[]>;
  readonly changelogs: ReadonlyMap<string, readonly LogRecord[]>;
}> => {
  const stages = pipeline({ policy: of.policy, act: of.act });
  const clock = new DrivenClock(of.until);
  const broker = new EmbeddedBroker({ clock });
  for (const { name, ...settings } of topicsNeeded({ application, stages, partitions: of.partitions, time: 'records' }))
    broker.createTopic(name, settings);
  const outside = broker.connect({ name: 'outside' });
  for (const records of of.inputs.values()) await outside.append(records.map((record) => ({ ...record, headers: record.headers() })));
  const log = broker.connect({ name: 'clean' });
  const engine = await Engine.start({ application, stages, log, clock, time: 'records', telemetry: silence });
  for (let idle = 0, round = 0; idle < 3 && round < 50_000; round += 1) {
    idle = (await engine.tick()) || engine.tasks().some(({ clock: at }) => at < of.until) ? 0 : idle + 1;
    if (idle === 0 && round % 20 === 19) await clock.advanceBy(20);
  }
  await engine.stop();
  const records = (names: Iterable<string>): ReadonlyMap<string, readonly LogRecord[]> =>
    new Map([...names].map((name) => [name, broker.records(name)]));
  return {
    outputs: records(new Set([...stages.flatMap(({ outputs }) => outputs.map(({ name }) => name)), deadLettersTopic])),
    changelogs: records(stages.map(({ name }) => changelogOf(application, name))),
  };
};
