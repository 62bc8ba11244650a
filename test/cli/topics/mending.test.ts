import { describe, expect, it } from 'vitest';
import { alterCommand, createCommand, partitionCommands } from '../../../src/cli/topics/mending.ts';

const shell = { brokers: ['k1:9092', 'k2:9092'], isSecured: false, toBroker: (topic: string) => `eu.${topic}` };

describe('the commands that mend', () => {
  it('change all settings of a topic at once, under its name at the brokers', () => {
    const difference = { topic: 'amends.issues', is: '1', level: 'error', why: '' } as const;
    const command = alterCommand(shell, 'amends.issues', [
      { ...difference, setting: 'retention.ms', should: '-1' },
      { ...difference, setting: 'cleanup.policy', should: 'delete' },
    ]);
    expect(command).toBe(
      'kafka-configs.sh --bootstrap-server k1:9092,k2:9092 --alter --entity-type topics --entity-name eu.amends.issues --add-config retention.ms=-1,cleanup.policy=delete',
    );
  });

  it('name the file for the credentials where the brokers ask for some', () => {
    expect(alterCommand({ ...shell, isSecured: true }, 't', [])).toContain('--command-config client.properties');
  });

  it('create a topic with its settings', () => {
    const topic = { name: 't', partitions: 3, replicas: 3, configs: { 'retention.ms': '-1' }, configsWhereKnown: { 'x.y': '1' } };
    expect(createCommand(shell, topic)).toBe(
      'kafka-topics.sh --bootstrap-server k1:9092,k2:9092 --create --topic eu.t --partitions 3 --replication-factor 3 --config retention.ms=-1 --config x.y=1',
    );
  });

  it('raise the number of partitions to that of the largest', () => {
    const there = [
      { topic: 'a', partitions: 12 },
      { topic: 'b', partitions: 8 },
    ];
    expect(partitionCommands(shell, { stages: ['s'], topics: ['a', 'b'], there })).toEqual([
      'kafka-topics.sh --bootstrap-server k1:9092,k2:9092 --alter --topic eu.b --partitions 12',
    ]);
  });
});
