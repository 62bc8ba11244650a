import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kafkaSettings } from '../../src/cli/kafka-settings.ts';
import { readConfiguration } from '../../src/config.ts';
import { DrivenClock } from '../../src/values/clock.ts';
import { instant } from '../../src/values/time.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';

const settingsOf = (environment: Readonly<Record<string, string>>): ReturnType<typeof kafkaSettings> =>
  kafkaSettings(readConfiguration(environment), new DrivenClock(instant(0)));

describe('names of topics', () => {
  it('are prefixed, or what AMENDS_TOPICS says, and found again from the name at the brokers', () => {
    const { topicNames } = settingsOf({ AMENDS_TOPIC_PREFIX: 'eu.', AMENDS_TOPICS: 'delivery.tracking=scans' });
    expect(topicNames?.toBroker('delivery.tracking')).toBe('scans');
    expect(topicNames?.toBroker('delivery.promises')).toBe('eu.delivery.promises');
    expect(topicNames?.fromBroker('scans')).toBe('delivery.tracking');
    expect(topicNames?.fromBroker('eu.delivery.promises')).toBe('delivery.promises');
  });

  it('that two of ours would share are refused', () => {
    expect(() => settingsOf({ AMENDS_TOPICS: 'delivery.tracking=delivery.promises' })).toThrow(
      'delivery.promises and delivery.tracking would both be delivery.promises',
    );
  });

  it('that none of ours has are refused', () => {
    expect(() => settingsOf({ AMENDS_TOPICS: 'delivery.trackings=scans' })).toThrow('delivery.trackings is no topic of Amends');
  });

  it('of a changelog follow the application', () => {
    const { topicNames } = settingsOf({ AMENDS_APPLICATION: 'trial', AMENDS_TOPICS: 'trial-care-changelog=c' });
    expect(topicNames?.toBroker('trial-care-changelog')).toBe('c');
  });

  it('that Kafka finds too long are refused', () => {
    expect(() => settingsOf({ AMENDS_TOPIC_PREFIX: 'p'.repeat(100), AMENDS_APPLICATION: 'a'.repeat(100) })).not.toThrow();
    expect(() => settingsOf({ AMENDS_TOPICS: `delivery.tracking=${'t'.repeat(249)}` })).not.toThrow();
    expect(() => settingsOf({ AMENDS_TOPICS: `delivery.tracking=${'t'.repeat(250)}` })).toThrow('expected ours=theirs');
  });
});

describe('credentials', () => {
  it('read the token anew each time', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'first\n');
    const { sasl } = settingsOf({ AMENDS_SASL_MECHANISM: 'oauthbearer', AMENDS_OAUTH_TOKEN_FILE: file });
    if (sasl?.mechanism !== 'oauthbearer') throw new Error('expected a token');
    expect(await sasl.token()).toBe('first');
    writeFileSync(file, 'second\n');
    expect(await sasl.token()).toBe('second');
  });

  it('that can no longer be read are told with the setting', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'first\n');
    const { sasl } = settingsOf({ AMENDS_SASL_MECHANISM: 'oauthbearer', AMENDS_OAUTH_TOKEN_FILE: file });
    if (sasl?.mechanism !== 'oauthbearer') throw new Error('expected a token');
    writeFileSync(file, '');
    await expect(sasl.token()).rejects.toThrow('AMENDS_OAUTH_TOKEN_FILE: it is empty');
  });
});
