import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ConfigResourceTypes } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBroker } from '../broker/describe-broker.ts';
import { quietKafka } from '../broker/quiet-kafka.ts';
import { waitUntil } from '../broker/wait-until.ts';
import type { Said } from './terminal.ts';
import { amendsIn } from './terminal.ts';

const policyFile = fileURLToPath(new URL('../../deploy/policy.yaml', import.meta.url));

interface Findings {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly level: string;
    readonly about: string;
    readonly says: string;
    readonly todo?: readonly string[];
  }[];
}

interface Created {
  readonly created: readonly { readonly topic: string; readonly name: string; readonly partitions: number }[];
  readonly there: readonly string[];
  readonly differ: readonly {
    readonly topic: string;
    readonly command: string;
    readonly settings: readonly { readonly setting: string }[];
  }[];
}

describeBroker('the verbs that look after the brokers', ({ brokers }) => {
  const ours = `verbs-${randomBytes(4).toString('hex')}`;
  let admin: Admin;
  let count = 0;

  beforeAll(async () => {
    admin = quietKafka(brokers).admin();
    await admin.connect();
  });

  afterAll(async () => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(ours));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    await admin.disconnect();
  });

  /** An installation that shares nothing with the others. */
  const installation = (): {
    readonly application: string;
    readonly named: (topic: string) => string;
    readonly type: (...typed: readonly string[]) => Promise<Said>;
  } => {
    count += 1;
    const application = `${ours}-${count}`;
    const environment = {
      AMENDS_BROKERS: brokers.join(','),
      AMENDS_APPLICATION: application,
      AMENDS_TOPIC_PREFIX: `${application}.`,
      AMENDS_POLICY: policyFile,
    };
    return { application, named: (topic) => `${application}.${topic}`, type: (...typed) => amendsIn(environment, ...typed) };
  };

  const create = async (topic: string, partitions: number, settings: Readonly<Record<string, string>> = {}): Promise<void> => {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: false });
    await waitUntil(`${topic} is there`, async () => (await admin.listTopics()).includes(topic));
  };

  const settingOf = async (topic: string, name: string): Promise<string | undefined> => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
    });
    return resources[0]?.configEntries[0]?.configValue;
  };

  describe('amends topics create', () => {
    it('creates all topics with their settings, and nothing when it is run again', async () => {
      const { type, named } = installation();
      const first = await type('topics', 'create', '--partitions', '2', '--json');
      expect({ code: first.code, error: first.error }).toEqual({ code: 0, error: '' });
      const { created } = JSON.parse(first.out) as Created;
      expect(created).toHaveLength(20);
      expect(await settingOf(named('amends.issues'), 'retention.ms')).toBe('-1');
      expect(await settingOf(named('amends.progress'), 'message.timestamp.type')).toBe('LogAppendTime');
      const again = await type('topics', 'create', '--partitions', '2');
      expect(again).toEqual({ code: 0, error: '', out: 'Nothing to create.\n20 were there already.\n' });
    });

    it('with --dry-run prints what would do it, and creates nothing', async () => {
      const { type, named } = installation();
      const { code, out } = await type('topics', 'create', '--dry-run');
      expect(code).toBe(0);
      expect(out).toContain(`--create --topic ${named('delivery.tracking')} --partitions 12`);
      expect((await admin.listTopics()).filter((topic) => topic.startsWith(named('')))).toEqual([]);
    });

    it('gives the topics of a stage as many partitions as its input has that is there', async () => {
      const { type, named } = installation();
      await create(named('delivery.tracking'), 3, { 'message.timestamp.type': 'LogAppendTime' });
      const { code, out } = await type('topics', 'create', '--partitions', '1', '--json');
      expect(code).toBe(0);
      const partitions = new Map((JSON.parse(out) as Created).created.map((topic) => [topic.topic, topic.partitions]));
      expect([partitions.get('delivery.promises'), partitions.get('streaming.playback')]).toEqual([3, 1]);
    });

    it('refuses inputs of one stage that differ, with the command that mends them, and creates nothing', async () => {
      const { type, named } = installation();
      await create(named('delivery.tracking'), 3);
      await create(named('delivery.promises'), 2);
      const { code, error } = await type('topics', 'create');
      expect(code).toBe(1);
      expect(error).toMatch(/AMENDS_TOPIC_PARTITIONS[\s\S]*delivery\.promises has 2, delivery\.tracking has 3/);
      expect(error).toContain(`--alter --topic ${named('delivery.promises')} --partitions 3`);
      expect((await admin.listTopics()).filter((topic) => topic.startsWith(named('')))).toHaveLength(2);
    });

    it('tells what a topic that is there has wrong, with the command that mends it, and changes nothing', async () => {
      const { type, named } = installation();
      await create(named('amends.issues'), 1, { 'retention.ms': '1000', 'cleanup.policy': 'compact' });
      const { code, out } = await type('topics', 'create', '--partitions', '1', '--json');
      expect(code).toBe(1);
      const { differ } = JSON.parse(out) as Created;
      expect(differ.map(({ topic, settings }) => [topic, settings.map(({ setting }) => setting)])).toEqual([
        ['amends.issues', ['cleanup.policy', 'retention.ms', 'message.timestamp.type']],
      ]);
      expect(differ[0]?.command).toContain('--add-config cleanup.policy=delete,retention.ms=-1,message.timestamp.type=LogAppendTime');
      expect(await settingOf(named('amends.issues'), 'retention.ms')).toBe('1000');
    });

    it('with --time records makes topics that keep the records of another year', async () => {
      const { type, named } = installation();
      expect(await type('topics', 'create', '--partitions', '1', '--time', 'records')).toMatchObject({ code: 0 });
      expect(await settingOf(named('delivery.tracking'), 'message.timestamp.type')).toBe('CreateTime');
      expect(await settingOf(named('delivery.tracking'), 'message.timestamp.before.max.ms')).toBe('9223372036854775807');
      expect(await type('topics', 'create', '--partitions', '1', '--time', 'records')).toMatchObject({
        out: expect.stringContaining('Nothing'),
      });
    });

    it('tells what the brokers refuse, in their words', async () => {
      const { type } = installation();
      const { code, error } = await type('topics', 'create', '--replication', '15');
      expect(code).toBe(1);
      expect(error).toMatch(/AMENDS_BROKER_REFUSED[\s\S]*INVALID_REPLICATION_FACTOR \(.*replication factor of 15/);
    });
  });

  describe('amends doctor', () => {
    const examine = async (type: (...typed: readonly string[]) => Promise<Said>, ...more: readonly string[]): Promise<Findings> =>
      JSON.parse((await type('doctor', '--json', ...more)).out) as Findings;

    it('says which topics are missing and what creates them, and ends with 1', async () => {
      const { type, named } = installation();
      const { code, out } = await type('doctor');
      expect(code).toBe(1);
      expect(out).toContain(named('delivery.tracking'));
      expect(out).toContain('-> amends topics create');
    });

    it('finds nothing wrong once they are created and the policy is armed, and tells group and ids as the brokers know them', async () => {
      const { type, named, application } = installation();
      await type('topics', 'create', '--partitions', '1');
      expect(await type('arm', '--policy', policyFile, '--by', 'ana', '--why', 'a test')).toMatchObject({ code: 0 });
      const { ok, findings } = await examine(type);
      expect(findings.filter(({ level }) => level !== 'ok').filter(({ about }) => about !== 'copies')).toEqual([]);
      expect(findings.map(({ about }) => about)).toEqual(
        expect.arrayContaining(['cluster', 'group', 'topics', 'transactions', 'clocks', 'policy', 'switch']),
      );
      expect(ok).toBe(true);
      const saysOf = (what: string): string | undefined => findings.find(({ about }) => about === what)?.says;
      expect(saysOf('group')).toBe(`No process is in the group ${named(application)}.`);
      expect(saysOf('transactions')).toBe(`We may write under ids that begin with ${named(application)}-.`);
    });

    it('warns that nobody has armed the switch', async () => {
      const { type } = installation();
      await type('topics', 'create', '--partitions', '1');
      const { ok, findings } = await examine(type);
      expect(findings).toContainEqual(expect.objectContaining({ level: 'warning', about: 'switch' }));
      expect(ok).toBe(true);
    });

    it('finds topics made for the other way to tell time', async () => {
      const { type, named } = installation();
      await type('topics', 'create', '--partitions', '1', '--time', 'records');
      const { ok, findings } = await examine(type);
      expect(findings).toContainEqual(expect.objectContaining({ level: 'error', about: named('delivery.tracking') }));
      expect(ok).toBe(false);
      expect(await examine(type, '--time', 'records')).toMatchObject({ ok: true });
    });

    it('goes on with the others where one of the brokers named is away, and says so', async () => {
      const { application, named } = installation();
      const environment = {
        AMENDS_BROKERS: ['127.0.0.1:1', ...brokers].join(','),
        AMENDS_APPLICATION: application,
        AMENDS_TOPIC_PREFIX: named(''),
      };
      const { findings } = JSON.parse((await amendsIn(environment, 'doctor', '--json')).out) as Findings;
      expect(findings).toContainEqual(expect.objectContaining({ level: 'warning', about: '127.0.0.1:1' }));
      expect(findings).toContainEqual(expect.objectContaining({ level: 'ok', about: 'cluster' }));
    });

    it('says that a policy has mistakes', async () => {
      const { application, named, type } = installation();
      await type('topics', 'create', '--partitions', '1');
      const environment = {
        AMENDS_BROKERS: brokers.join(','),
        AMENDS_APPLICATION: application,
        AMENDS_TOPIC_PREFIX: named(''),
        AMENDS_POLICY: fileURLToPath(new URL('../../package.json', import.meta.url)),
      };
      const { code, out } = await amendsIn(environment, 'doctor', '--json');
      expect(code).toBe(1);
      expect((JSON.parse(out) as Findings).findings).toContainEqual(expect.objectContaining({ level: 'error', about: 'policy' }));
    });
  });
});
