import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readToEnd } from '../../src/cli/read-to-end.ts';
import { KafkaLog } from '../../src/log/kafka/kafka-log.ts';
import type { Command } from '../../src/topics/remedies.ts';
import { remedies } from '../../src/topics/remedies.ts';
import { realClock } from '../../src/values/clock.ts';
import { describeBroker } from '../broker/describe-broker.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { importInto, olistHistory } from '../lab/replay/olist-history.ts';
import { valuesOf } from '../lab/replay/replaying.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';
import { RunningVerb, type } from './support/run-process.ts';

const data = process.env['AMENDS_DATA'];

/** What a command comes to: which one, of what kind, and how much. */
const gist = (command: Command): string => {
  const amount = 'components' in command ? command.components.reduce((sum, { money }) => sum + money.amountMinor, 0) : 0;
  const other = 'amount' in command ? JSON.stringify(command.amount) : '';
  return `${command.id} ${command.kind} ${amount} ${other}`.trim();
};

const remedyTopics = Object.values(remedies).map(({ name }) => name);

describeBroker('a history on a real broker, run by three processes of which one is stopped and one killed', ({ brokers }) => {
  const running: RunningVerb[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((verb) => verb.end('SIGKILL')));
  });

  /** Publishes and runs a history as a person would: the commands that come of it, and those of its replay. */
  const publishedAndReplayed = async (
    file: string,
    policy: string,
  ): Promise<{ readonly ordered: readonly string[]; readonly replayed: readonly string[] }> => {
    const name = `history-${randomUUID().slice(0, 8)}`;
    const settings = {
      AMENDS_BROKERS: brokers.join(),
      AMENDS_APPLICATION: name,
      AMENDS_TOPIC_PREFIX: `${name}.`,
      AMENDS_POLICY: policy,
      AMENDS_HTTP_PORT: '0',
    };
    const out = join(temporaryFolder(), 'replayed');
    await type(['replay', file, '--policy', policy, '--out', out]);
    const expected = readdirSync(out)
      .filter((each) => remedyTopics.includes(each.replace('.ndjson', '')))
      .flatMap((each) => valuesOf(out, each.replace('.ndjson', '')) as readonly Command[])
      .map(gist)
      .toSorted();
    expect(expected.length).toBeGreaterThan(20);

    await type(['topics', 'create', '--time', 'records', '--partitions', '6'], settings);
    const start = (): RunningVerb => {
      const verb = new RunningVerb(['run', '--time', 'records', '--act'], settings);
      running.push(verb);
      return verb;
    };
    const [stopped, killed, left] = [start(), start(), start()];
    const prefix = settings.AMENDS_TOPIC_PREFIX;
    const log = new KafkaLog({
      brokers,
      clientId: 'reader',
      clock: realClock,
      topicNames: { toBroker: (topic) => `${prefix}${topic}`, fromBroker: (topic) => topic.slice(prefix.length) },
    });
    const places = remedyTopics.flatMap((topic) => [0, 1, 2, 3, 4, 5].map((partition) => ({ topic, partition })));
    const commands = async (): Promise<readonly string[]> => {
      const seen: string[] = [];
      for await (const records of readToEnd(log, realClock, places))
        for (const record of records) if (record.value) seen.push(gist(JSON.parse(record.value.toString()) as Command));
      return seen.toSorted();
    };
    /** Until so much of what is expected has been ordered; nothing is over yet then. */
    const until = async (share: number): Promise<void> => {
      await waitUntil(`${share} of the commands`, async () => (await commands()).length >= share * expected.length, 60_000);
    };

    const published = type(['publish', file, '--armed', policy], settings);
    await until(0.05);
    expect(await stopped.end('SIGTERM'), stopped.said).toBe(0);
    await until(0.3);
    expect(await killed.end('SIGKILL')).toBe('SIGKILL');
    expect((await commands()).length).toBeLessThan(expected.length);
    await published;
    await waitUntil('all commands', async () => (await commands()).length >= expected.length, 80_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${left.said}`);
    });
    // What comes twice comes soon after: a transaction or two.
    await realClock.wait(1_000);
    const ordered = await commands();
    expect(await left.end('SIGTERM'), left.said).toBe(0);
    await log.close();
    return { ordered, replayed: expected };
  };

  it('gives the same commands as its replay: generated orders in the Olist format', { timeout: 180_000 }, async () => {
    const { ordered, replayed } = await publishedAndReplayed(await olistHistory({ seed: 7, orders: 1_000 }), 'deploy/policy.yaml');
    expect(ordered).toEqual(replayed);
  });

  it("gives the same commands as its replay: the demo's parcels and films", { timeout: 180_000 }, async () => {
    const file = join(temporaryFolder(), 'week.ndjson');
    await type(['demo', '--export', file, '--parcels', '1000', '--seed', '11']);
    const { ordered, replayed } = await publishedAndReplayed(file, 'examples/demo-policy.yaml');
    expect(ordered).toEqual(replayed);
  });

  it.skipIf(data === undefined)('gives the same commands as its replay: the real Olist orders', { timeout: 240_000 }, async () => {
    const file = await importInto(temporaryFolder(), join(data ?? '', 'olist'));
    const { ordered, replayed } = await publishedAndReplayed(file, 'deploy/policy.yaml');
    expect(ordered).toEqual(replayed);
  });
});
