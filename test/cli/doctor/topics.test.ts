import { describe, expect, it } from 'vitest';
import { topicFindings } from '../../../src/cli/doctor/topics.ts';
import type { TopicPlan } from '../../../src/cli/topics/plan-topics.ts';

const shell = { brokers: ['k:9092'], isSecured: false, toBroker: (topic: string) => topic };
const plan: TopicPlan = { create: [], there: ['t'], differences: [], disagreeing: [], notes: [] };
const healthy = { partitions: 3, replicas: 3, inSync: 3, leaderless: 0, configs: new Map([['min.insync.replicas', '2']]) };

const findings = (topic: Partial<typeof healthy>, changes: Partial<TopicPlan> = {}, brokers = 3): ReturnType<typeof topicFindings> =>
  topicFindings({
    plan: { ...plan, ...changes },
    topics: new Map([['t', { ...healthy, ...topic }]]),
    shell,
    brokers,
    createVerb: 'amends topics create',
  });

describe('what the doctor says of topics', () => {
  it('is one line when all is well', () => {
    expect(findings({})).toEqual([{ level: 'ok', about: 'topics', says: expect.stringContaining('All 1') }]);
  });

  it('names those that are missing, and the verb that creates them', () => {
    const create = [{ name: 'u', partitions: 1, configs: {}, configsWhereKnown: {} }];
    expect(findings({}, { create })).toEqual([
      { level: 'error', about: 'topics', says: '1 is missing: u.', todo: ['amends topics create'] },
    ]);
  });

  it.each([
    ['without leaders', { leaderless: 2 }, 'error', '2 of 3 partitions have no leader'],
    ['that ask for more copies than they have', { replicas: 1, inSync: 1 }, 'error', 'nothing can be written'],
    ['with too few copies up to date', { inSync: 1 }, 'error', '1 copies up to date and needs 2'],
    ['with a copy behind', { inSync: 2 }, 'warning', '2 of 3 copies up to date'],
  ])('tells of partitions %s', (_, topic, level, says) => {
    expect(findings(topic, {}, 1)).toEqual([expect.objectContaining({ level, about: 't', says: expect.stringContaining(says) })]);
  });

  it('tells once what all of them have', () => {
    const behind = { ...healthy, inSync: 2 };
    const topics = new Map([
      ['t', behind],
      ['u', behind],
    ]);
    const found = topicFindings({ plan, topics, shell, brokers: 3, createVerb: '' });
    expect(found).toEqual([expect.objectContaining({ about: '2 topics', says: expect.stringContaining('So it is with t, u.') })]);
  });

  it('warns of single copies where there are three brokers, and not where there is one', () => {
    const single = { replicas: 1, inSync: 1, configs: new Map<string, string>() };
    expect(findings(single)).toEqual([expect.objectContaining({ level: 'warning', about: 'copies' })]);
    expect(findings(single, {}, 1)).toEqual([expect.objectContaining({ level: 'ok' })]);
  });

  it('tells of settings with the command that mends them', () => {
    const differences = [{ topic: 't', setting: 'retention.ms', is: '1', should: '-1', level: 'error', why: 'it would be lost' }] as const;
    expect(findings({}, { differences })).toEqual([
      {
        level: 'error',
        about: 't',
        says: 'retention.ms=1: it would be lost.',
        todo: ['kafka-configs.sh --bootstrap-server k:9092 --alter --entity-type topics --entity-name t --add-config retention.ms=-1'],
      },
    ]);
  });
});
