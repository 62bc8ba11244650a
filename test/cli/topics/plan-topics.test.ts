import { describe, expect, it } from 'vitest';
import { ourStages, ourTopics } from '../../../src/cli/our-topics.ts';
import type { TopicPlan, TopicThere } from '../../../src/cli/topics/plan-topics.ts';
import { planTopics } from '../../../src/cli/topics/plan-topics.ts';
import type { TimeMode } from '../../../src/engine/changelog.ts';

const planned = (
  there: Readonly<Record<string, TopicThere>> = {},
  of: { readonly time?: TimeMode; readonly partitions?: number; readonly replicas?: number; readonly defaultReplicas?: number } = {},
): TopicPlan =>
  planTopics({ stages: ourStages(), application: 'amends', time: 'live', partitions: 6, there: new Map(Object.entries(there)), ...of });

/** A topic as planned, as if it had been created so. */
const asCreated = (plan: TopicPlan, name: string): TopicThere => {
  const topic = plan.create.find((each) => each.name === name);
  if (!topic) throw new Error(`${name} is not planned`);
  const configs = new Map(Object.entries({ ...topic.configs, ...topic.configsWhereKnown }));
  return { partitions: topic.partitions, replicas: topic.replicas ?? 1, configs };
};

const allAsCreated = (plan: TopicPlan): Readonly<Record<string, TopicThere>> =>
  Object.fromEntries(plan.create.map(({ name }) => [name, asCreated(plan, name)]));

const configsOf = (plan: TopicPlan, name: string): Readonly<Record<string, string>> => {
  const topic = plan.create.find((each) => each.name === name);
  return { ...topic?.configs, ...topic?.configsWhereKnown };
};

const partitionsOf = (plan: TopicPlan, name: string): number | undefined => plan.create.find((each) => each.name === name)?.partitions;

const changed = (topic: TopicThere, configs: Readonly<Record<string, string>>): TopicThere => ({
  ...topic,
  configs: new Map([...topic.configs, ...Object.entries(configs)]),
});

describe('on empty brokers', () => {
  it('every topic of the pipeline is planned', () => {
    const names = ourTopics({ application: 'amends', time: 'live', partitions: 6 }).map(({ name }) => name);
    expect(planned().create.map(({ name }) => name)).toEqual(names);
  });

  it.each(['live', 'records'] as const)('what is created in %s mode needs no mending afterwards', (time) => {
    const first = planned({}, { time, replicas: 3 });
    expect(planned(allAsCreated(first), { time, replicas: 3 })).toMatchObject({ create: [], differences: [], disagreeing: [], notes: [] });
  });

  it('the same number of partitions is planned for all but what is read whole', () => {
    const plan = planned();
    expect(plan.create.filter(({ partitions }) => partitions !== 6).map(({ name, partitions }) => [name, partitions])).toEqual([
      ['amends.controls', 1],
      ['amends.progress', 1],
    ]);
  });
});

describe('in live mode', () => {
  it("time is the brokers' in what we read and in our own topics", () => {
    for (const name of ['delivery.tracking', 'amends.issues', 'amends.controls', 'amends-care-changelog', 'amends.progress'])
      expect(configsOf(planned(), name)).toMatchObject({ 'message.timestamp.type': 'LogAppendTime' });
  });

  it('remedies are kept for 30 days, and what Amends itself must still read until it has', () => {
    expect(configsOf(planned(), 'remedy.refunds')).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '2592000000' });
    expect(configsOf(planned(), 'amends.issues')).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      'retention.bytes': '-1',
    });
  });

  it('rows, the switch and progress are compacted, and deletions told for a week', () => {
    for (const name of ['amends-delivery-changelog', 'amends.controls', 'amends.progress'])
      expect(configsOf(planned(), name)).toMatchObject({ 'cleanup.policy': 'compact', 'delete.retention.ms': '604800000' });
  });
});

describe('in records mode', () => {
  const plan = planned({}, { time: 'records' });

  it("time is the records' own, but for progress", () => {
    for (const { name } of plan.create)
      expect(configsOf(plan, name)['message.timestamp.type'], name).toBe(name === 'amends.progress' ? 'LogAppendTime' : 'CreateTime');
  });

  it('records of any year are taken', () => {
    expect(configsOf(plan, 'delivery.tracking')).toMatchObject({
      'message.timestamp.before.max.ms': '9223372036854775807',
      'message.timestamp.after.max.ms': '9223372036854775807',
    });
  });

  it('nothing is deleted for its age', () => {
    for (const { name } of plan.create.filter((topic) => topic.configs['cleanup.policy'] === 'delete'))
      expect(configsOf(plan, name), name).toMatchObject({ 'retention.ms': '-1', 'retention.bytes': '-1' });
  });

  it('a topic that refuses or deletes what is old is told', () => {
    const tracking = changed(asCreated(plan, 'delivery.tracking'), {
      'retention.ms': '604800000',
      'message.timestamp.before.max.ms': '86400000',
    });
    const { differences } = planned({ ...allAsCreated(plan), 'delivery.tracking': tracking }, { time: 'records' });
    expect(differences.map(({ topic, setting, level }) => [topic, setting, level])).toEqual([
      ['delivery.tracking', 'retention.ms', 'error'],
      ['delivery.tracking', 'message.timestamp.before.max.ms', 'error'],
    ]);
  });

  it('an older Kafka has one setting for both, which is looked at too', () => {
    const created = asCreated(plan, 'delivery.tracking');
    const older = {
      ...created,
      configs: new Map([
        ...[...created.configs].filter(([name]) => !/before|after/.test(name)),
        ['message.timestamp.difference.max.ms', '1000'] as const,
      ]),
    };
    const { differences } = planned({ 'delivery.tracking': older }, { time: 'records' });
    expect(differences.map(({ setting }) => setting)).toEqual(['message.timestamp.difference.max.ms']);
  });
});

describe('topics that are there', () => {
  const plan = planned();

  it('decide how many partitions the other topics of their stage get', () => {
    const after = planned({ 'delivery.tracking': { ...asCreated(plan, 'delivery.tracking'), partitions: 24 } });
    expect(partitionsOf(after, 'delivery.promises')).toBe(24);
    expect(partitionsOf(after, 'amends-delivery-changelog')).toBe(24);
    expect(partitionsOf(after, 'streaming.playback')).toBe(6);
    expect(after.notes).toEqual([expect.stringContaining('24 partitions, because delivery.tracking has them')]);
  });

  it('of care decide how many the issues get', () => {
    const after = planned({ 'order.adjustments': { ...asCreated(plan, 'order.adjustments'), partitions: 4 } });
    expect(partitionsOf(after, 'amends.issues')).toBe(4);
  });

  it('with different numbers in one stage are refused', () => {
    const after = planned({
      'delivery.tracking': { ...asCreated(plan, 'delivery.tracking'), partitions: 24 },
      'delivery.promises': { ...asCreated(plan, 'delivery.promises'), partitions: 12 },
    });
    expect(after.disagreeing).toMatchObject([
      {
        stages: ['delivery'],
        there: [
          { topic: 'delivery.promises', partitions: 12 },
          { topic: 'delivery.tracking', partitions: 24 },
        ],
      },
    ]);
  });

  it('with a changelog of another number are refused', () => {
    const after = planned({
      'streaming.playback': asCreated(plan, 'streaming.playback'),
      'amends-streaming-changelog': { ...asCreated(plan, 'amends-streaming-changelog'), partitions: 3 },
    });
    expect(after.disagreeing.map(({ stages }) => stages)).toEqual([['streaming']]);
  });

  it('may differ in number where nothing hangs on it', () => {
    const after = planned({ 'remedy.refunds': { ...asCreated(plan, 'remedy.refunds'), partitions: 1 } });
    expect(after.disagreeing).toEqual([]);
  });

  it.each([
    ['amends-care-changelog', 'cleanup.policy', 'compact,delete', 'error'],
    ['amends.issues', 'cleanup.policy', 'compact', 'error'],
    ['amends.issues', 'retention.ms', '604800000', 'error'],
    ['amends.issues', 'retention.bytes', '1073741824', 'error'],
    ['amends.progress', 'message.timestamp.type', 'CreateTime', 'error'],
    ['delivery.tracking', 'message.timestamp.type', 'CreateTime', 'error'],
    ['delivery.tracking', 'retention.ms', '3600000', 'warning'],
    ['remedy.refunds', 'retention.ms', '604800000', 'error'],
    ['remedy.refunds', 'max.message.bytes', '1000', 'error'],
    ['remedy.refunds', 'unclean.leader.election.enable', 'true', 'error'],
    ['amends.controls', 'delete.retention.ms', '3600000', 'warning'],
  ])('%s with %s=%s is told as %s', (name, setting, value, level) => {
    const { differences } = planned({ ...allAsCreated(plan), [name]: changed(asCreated(plan, name), { [setting]: value }) });
    expect(differences.map((each) => [each.topic, each.setting, each.is, each.level])).toEqual([[name, setting, value, level]]);
  });

  it('are left alone where they are kept longer, or are better guarded, than asked', () => {
    const better = changed(asCreated(plan, 'remedy.refunds'), { 'retention.ms': '-1', 'max.message.bytes': '67108864' });
    expect(planned({ 'remedy.refunds': better }).differences).toEqual([]);
  });
});

describe('sizes', () => {
  const plan = planned();

  it('of changelogs and dead letters follow the largest input, and a little more', () => {
    const tracking = changed(asCreated(plan, 'delivery.tracking'), { 'max.message.bytes': '33554432' });
    const after = planned({ 'delivery.tracking': tracking });
    expect(configsOf(after, 'amends-care-changelog')).toMatchObject({ 'max.message.bytes': String(33_554_432 + 65_536) });
    const letters = asCreated(plan, 'amends.dead-letters');
    const { differences } = planned({ 'delivery.tracking': tracking, 'amends.dead-letters': letters });
    expect(differences.map(({ topic, setting }) => [topic, setting])).toEqual([['amends.dead-letters', 'max.message.bytes']]);
  });

  it('of an input are whatever its owner wants', () => {
    const tracking = changed(asCreated(plan, 'delivery.tracking'), { 'max.message.bytes': '1048588' });
    expect(planned({ 'delivery.tracking': tracking }).differences).toEqual([]);
  });
});

describe('copies', () => {
  it('of three or more must be written to two at least', () => {
    expect(configsOf(planned({}, { replicas: 3 }), 'remedy.refunds')).toMatchObject({ 'min.insync.replicas': '2' });
    expect(configsOf(planned({}, { defaultReplicas: 3 }), 'remedy.refunds')).toMatchObject({ 'min.insync.replicas': '2' });
    expect(configsOf(planned({}, { replicas: 2 }), 'remedy.refunds')).not.toHaveProperty('min.insync.replicas');
  });

  it.each(['1', '3'])('with min.insync.replicas=%s of three are warned of', (value) => {
    const plan = planned({}, { replicas: 3 });
    const { differences } = planned({ 'remedy.refunds': changed(asCreated(plan, 'remedy.refunds'), { 'min.insync.replicas': value }) });
    expect(differences.map(({ setting, level }) => [setting, level])).toEqual([['min.insync.replicas', 'warning']]);
  });
});
