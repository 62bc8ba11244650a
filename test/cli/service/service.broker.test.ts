import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { kafkaSettings } from '../../../src/cli/kafka-settings.ts';
import { partitionsOf, readToEnd } from '../../../src/cli/read-to-end.ts';
import { readConfiguration } from '../../../src/config.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import { realClock } from '../../../src/values/clock.ts';
import { secondMs } from '../../../src/values/time.ts';
import { describeBroker } from '../../broker/describe-broker.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { olistHistory } from '../../lab/replay/olist-history.ts';
import { valuesOf } from '../../lab/replay/replaying.ts';
import { temporaryFolder } from '../../lab/temporary-folder.ts';
import { amends, amendsIn } from '../terminal.ts';
import { RunProcess } from './a-process.ts';

const fileOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const shippedPolicy = fileOf('deploy/policy.yaml');
const demoPolicy = fileOf('examples/demo-policy.yaml');
const topics = Object.values(remedies).map(({ name }) => name);

/** What counts of a command. */
const told = (commands: readonly Command[]): readonly string[] =>
  commands.map((command) => JSON.stringify([command.id, command.kind, 'money' in command ? command.money : null])).toSorted();

describeBroker('the service', ({ brokers }) => {
  const ours = `run-${randomBytes(4).toString('hex')}`;
  const processes: RunProcess[] = [];
  let admin: Admin;
  let count = 0;
  beforeAll(async () => {
    admin = quietKafka(brokers).admin();
    await admin.connect();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.end('SIGKILL')));
  });
  afterAll(async () => {
    const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(ours));
    if (mine.length > 0) await admin.deleteTopics({ topics: mine });
    await admin.disconnect();
  });

  const installation = () => {
    count += 1;
    const application = `${ours}-${count}`;
    const environment = {
      AMENDS_BROKERS: brokers.join(','),
      AMENDS_APPLICATION: application,
      AMENDS_TOPIC_PREFIX: `${application}.`,
      AMENDS_SESSION_TIMEOUT: 'PT2S',
      AMENDS_TRANSACTION_TIMEOUT: 'PT2S',
    };
    const start = (...options: readonly string[]): RunProcess => {
      const process = new RunProcess(environment, ...options);
      processes.push(process);
      return process;
    };
    const commands = async (): Promise<readonly Command[]> => {
      const log = new KafkaLog(kafkaSettings(readConfiguration(environment), realClock));
      const found: Command[] = [];
      try {
        for (const topic of topics)
          for await (const records of readToEnd(log, realClock, await partitionsOf(log, topic)))
            for (const { value } of records) found.push(JSON.parse(value?.toString() ?? '') as Command);
      } finally {
        await log.close();
      }
      return found;
    };
    return { start, commands, type: (...typed: readonly string[]) => amendsIn(environment, ...typed) };
  };

  const histories = {
    'orders of a marketplace': async (folder: string) => {
      void folder;
      return { file: await olistHistory({ seed: 23, orders: 1_000 }), policy: shippedPolicy, until: '2018-09-01T00:00:00.000Z' };
    },
    'the world of the demo': async (folder: string) => {
      const file = join(folder, 'world.ndjson');
      const { out } = await amends('demo', '--export', file, '--parcels', '500', '--seed', '23', '--json');
      return { file, policy: demoPolicy, until: (JSON.parse(out) as { readonly until: string }).until };
    },
  } as const;

  it.each(Object.entries(histories))(
    'orders for %s what a replay orders, though of three processes one is stopped and one killed on the way',
    async (_, prepare) => {
      const folder = temporaryFolder();
      const { file, policy, until } = await prepare(folder);
      const out = join(folder, 'replayed');
      expect((await amends('replay', file, '--policy', policy, '--until', until, '--out', out)).code).toBe(0);
      const expected = told(topics.flatMap((topic) => valuesOf(out, topic) as readonly Command[]));
      expect(expected.length).toBeGreaterThan(20);

      const { start, commands, type } = installation();
      expect((await type('topics', 'create', '--time', 'records', '--partitions', '3')).code).toBe(0);
      const options = ['--time', 'records', '--act', '--policy', policy];
      const [stopped, killed] = [start(...options), start(...options)];
      const left = start(...options);
      await waitUntil('all three are up', async () => (await Promise.all(processes.map((one) => one.ready()))).every(({ ready }) => ready));
      const publishing = type('publish', file, '--armed', policy, '--until', until, '--json');
      await waitUntil('one has begun', async () => (await killed.sumOf('amends_records_consumed_total')) > 0);
      expect(await killed.end('SIGKILL')).toBeNull();
      await waitUntil('another has begun', async () => (await stopped.sumOf('amends_records_consumed_total')) > 0);
      expect({ code: await stopped.end('SIGTERM'), told: stopped.told.at(-1) }).toMatchObject({
        code: 0,
        told: expect.stringContaining('ServiceStopped'),
      });
      expect(await publishing).toMatchObject({ code: 0 });
      // All tasks are the third one's then, and each has concluded everything before the end.
      const ended = async (): Promise<boolean> => {
        const ages = await left.figuresOf('amends_task_clock_age_seconds');
        return ages.length === 9 && ages.every((age) => realClock.now() - age * secondMs >= Date.parse(until) - secondMs);
      };
      await waitUntil('the one that is left has come to the end', ended, 60_000);
      expect(told(await commands())).toEqual(expected);

      const [first] = expected;
      const [id] = JSON.parse(first ?? '[]') as readonly [string];
      const explained = await type('explain', id);
      expect({ code: explained.code, out: explained.out }).toMatchObject({
        code: 0,
        out: expect.stringContaining(`command ${id}: 1 problem`),
      });
    },
    120_000,
  );

  it('says which topics are missing, becomes ready once they are created, and is stopped and armed while it runs', async () => {
    const { start, type } = installation();
    const process = start('--act', '--policy', shippedPolicy);
    await waitUntil('it says what is missing', async () =>
      (await process.ready()).why.join().includes('`amends topics create` creates them'),
    );
    await type('topics', 'create', '--partitions', '2');
    await waitUntil('it is ready', async () => (await process.ready()).ready);
    expect(await type('switch')).toMatchObject({ code: 0, out: expect.stringContaining('Never armed') });
    expect(await type('arm', '--policy', shippedPolicy, '--by', 'ana', '--why', 'checked')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Armed by ana'),
    });
    expect(await type('stop', '--by', 'ben', '--why', 'enough')).toMatchObject({ code: 0, out: expect.stringContaining('Stopped by ben') });
    expect(JSON.parse((await type('switch', '--json')).out)).toMatchObject({ money: false, stopped: { by: 'ben', latch: 2 } });
    expect(await process.end('SIGINT')).toBe(0);
  });

  it('refuses to publish history onto topics for live time, and says what to do', async () => {
    const { type } = installation();
    const file = await olistHistory({ seed: 1, orders: 3 });
    expect(await type('publish', file)).toMatchObject({ code: 1, error: expect.stringContaining('AMENDS_TOPIC_MISSING') });
    await type('topics', 'create', '--partitions', '2');
    const { code, error } = await type('publish', file);
    expect(code).toBe(1);
    expect(error).toMatch(
      /AMENDS_TOPIC_UNFIT[^]*delivery\.tracking: message\.timestamp\.type is LogAppendTime[^]*topics create --time records/,
    );
  });

  it('that only decides works beside one that only finds', async () => {
    const { start, type } = installation();
    await type('topics', 'create', '--partitions', '2');
    const care = start('--stages', 'care', '--policy', shippedPolicy);
    const others = start('--stages', 'delivery,streaming', '--policy', shippedPolicy);
    await waitUntil('both are ready', async () => (await care.ready()).ready && (await others.ready()).ready);
    await waitUntil('the clock of care moves', async () => (await care.sumOf('amends_task_clock_age_seconds')) > 0);
    expect([await care.end('SIGTERM'), await others.end('SIGTERM')]).toEqual([0, 0]);
  });
});
