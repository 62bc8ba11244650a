import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configurationReference, readConfiguration } from '../../src/config.ts';
import { AmendsError } from '../../src/happenings/errors.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';
import { certificate, otherKey, privateKey } from './a-certificate.ts';

/** All mistakes of an environment, a line each. */
const mistakesIn = (environment: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readConfiguration(environment);
    return [];
  } catch (error) {
    return error instanceof AmendsError ? error.details : [String(error)];
  }
};

const fileWith = (text: string): string => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, text);
  return file;
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfiguration({})).toEqual({
      brokers: ['127.0.0.1:9092'],
      sessionTimeoutMs: 6_000,
      transactionTimeoutMs: 10_000,
      application: 'amends',
      topicPrefix: '',
      topicsRenamed: new Map(),
      policyFile: 'deploy/policy.yaml',
      httpHost: '127.0.0.1',
      httpPort: 9464,
      logLevel: 'info',
      warnings: [],
    });
  });

  it('takes what the environment says, and an empty variable as absent', () => {
    const environment = { AMENDS_LOG_LEVEL: 'warn', AMENDS_HTTP_HOST: '', AMENDS_HTTP_PORT: '0', AMENDS_TLS: '', PATH: '/bin' };
    expect(readConfiguration(environment)).toMatchObject({ logLevel: 'warn', httpHost: '127.0.0.1', httpPort: 0 });
  });

  it('lists all mistakes at once, a misspelt name among them', () => {
    const environment = { AMENDS_LOG_LEVEL: 'loud', AMENDS_HTTP_PORT: '99999', AMENDS_TLS_KEY_FILE: 'key.pem', AMENDS_HTTP_HOTS: 'x' };
    expect(mistakesIn(environment)).toEqual([
      expect.stringMatching(/^AMENDS_HTTP_PORT: /),
      expect.stringMatching(/^AMENDS_LOG_LEVEL: /),
      expect.stringMatching(/^AMENDS_TLS_KEY_FILE: needs AMENDS_TLS=true/),
      expect.stringMatching(/^AMENDS_HTTP_HOTS: no such setting/),
    ]);
  });

  it('does not blame the settings that depend on one that is wrong', () => {
    const environment = { AMENDS_TLS: 'yes', AMENDS_TLS_CA_FILE: 'ca.pem', AMENDS_SASL_MECHANISM: 'gssapi', AMENDS_SASL_USERNAME: 'u' };
    expect(mistakesIn(environment)).toEqual([
      'AMENDS_TLS: expected true or false',
      'AMENDS_SASL_MECHANISM: expected plain, scram-sha-256, scram-sha-512 or oauthbearer',
    ]);
  });

  it('leaves the variables of the tests alone', () => {
    expect(mistakesIn({ AMENDS_DATA: 'somewhere', KAFKA_BROKERS: 'x', PROMTOOL: 'x' })).toEqual([]);
  });

  it('is documented as it is', () => {
    const text = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    expect(text.split('-->\n')[1]?.split('\n<!-- end')[0]).toBe(configurationReference());
  });
});

describe('the brokers', () => {
  it('are hosts with ports, IPv6 ones in brackets, each once', () => {
    const { brokers } = readConfiguration({ AMENDS_BROKERS: 'kafka-1:9092, [::1]:9093,kafka-1:9092' });
    expect(brokers).toEqual(['kafka-1:9092', '[::1]:9093']);
  });

  it.each([
    ['kafka-1', 'number 1: its port is missing'],
    ['kafka-1:9092,kafka-2:', 'number 2: expected a port from 1 to 65535'],
    ['kafka-1:0', 'number 1: expected a port from 1 to 65535'],
    ['::1:9092', 'number 1: expected host:port, an IPv6 address in brackets'],
    ['PLAINTEXT://kafka-1:9092', 'number 1: expected host:port without a scheme'],
    [',', 'expected host:port'],
  ])('are refused as "%s"', (given, mistake) => {
    expect(mistakesIn({ AMENDS_BROKERS: given })).toEqual([expect.stringContaining(mistake)]);
  });
});

describe('names', () => {
  it('of topics are given as ours=theirs', () => {
    const { topicsRenamed } = readConfiguration({ AMENDS_TOPICS: 'delivery.tracking=scans.v2, order.adjustments = refunds' });
    expect(Object.fromEntries(topicsRenamed)).toEqual({ 'delivery.tracking': 'scans.v2', 'order.adjustments': 'refunds' });
  });

  it.each([
    ['AMENDS_TOPICS', 'delivery.tracking', 'expected ours=theirs'],
    ['AMENDS_TOPICS', 'a=x,b=x', 'x is named twice'],
    ['AMENDS_TOPICS', 'a=x,a=y', 'a is named twice'],
    ['AMENDS_TOPICS', 'a=no spaces', 'expected ours=theirs'],
    ['AMENDS_APPLICATION', 'amends/eu', 'letters, digits'],
    ['AMENDS_APPLICATION', '..', 'letters, digits'],
    ['AMENDS_TOPIC_PREFIX', 'für.', 'letters, digits'],
  ])('%s=%s is refused', (name, given, mistake) => {
    expect(mistakesIn({ [name]: given })).toEqual([expect.stringMatching(new RegExp(`^${name}: .*${mistake}`))]);
  });
});

describe('durations', () => {
  it('are written as in the policy', () => {
    expect(readConfiguration({ AMENDS_SESSION_TIMEOUT: 'PT1M' }).sessionTimeoutMs).toBe(60_000);
  });

  it.each(['6000', 'PT0S', 'P1D'])('are refused as "%s"', (given) => {
    expect(mistakesIn({ AMENDS_SESSION_TIMEOUT: given })).toEqual([expect.stringMatching(/^AMENDS_SESSION_TIMEOUT: /)]);
  });
});

describe('encryption', () => {
  it('reads the certificates and the key', () => {
    const environment = {
      AMENDS_TLS: 'true',
      AMENDS_TLS_CA_FILE: fileWith(certificate),
      AMENDS_TLS_CERT_FILE: fileWith(certificate),
      AMENDS_TLS_KEY_FILE: fileWith(privateKey),
    };
    expect(readConfiguration(environment).tls?.()).toEqual({ ca: certificate, cert: certificate, key: privateKey });
  });

  it('refuses a certificate without its key, and a file that is not there', () => {
    const missing = join(temporaryFolder(), 'none.pem');
    expect(mistakesIn({ AMENDS_TLS: 'true', AMENDS_TLS_CA_FILE: missing, AMENDS_TLS_CERT_FILE: fileWith(certificate) })).toEqual([
      expect.stringMatching(/^AMENDS_TLS_CERT_FILE: needs its key/),
      expect.stringMatching(/^AMENDS_TLS_CA_FILE: .*none\.pem/),
    ]);
  });

  it('refuses a key that belongs to another certificate', () => {
    const environment = { AMENDS_TLS: 'true', AMENDS_TLS_CERT_FILE: fileWith(certificate), AMENDS_TLS_KEY_FILE: fileWith(otherKey) };
    expect(mistakesIn(environment)).toEqual([expect.stringMatching(/are not a certificate and its key/)]);
  });

  it('refuses authorities that are no certificates', () => {
    const environment = { AMENDS_TLS: 'true', AMENDS_TLS_CA_FILE: fileWith('-----BEGIN CERTIFICATE-----\nnot\n-----END CERTIFICATE-----') };
    expect(mistakesIn(environment)).toEqual([expect.stringMatching(/^AMENDS_TLS_CA_FILE: .* no certificate/)]);
  });
});

describe('credentials', () => {
  it('take the password from a file, without the end of its line', () => {
    const { credentials } = readConfiguration({
      AMENDS_SASL_MECHANISM: 'scram-sha-512',
      AMENDS_SASL_USERNAME: 'amends',
      AMENDS_SASL_PASSWORD_FILE: fileWith('pass word\n'),
    });
    expect(credentials?.mechanism !== 'oauthbearer' && credentials?.password()).toBe('pass word');
  });

  it('never show a secret when they are written down', () => {
    const configuration = readConfiguration({
      AMENDS_TLS: 'true',
      AMENDS_TLS_CERT_FILE: fileWith(certificate),
      AMENDS_TLS_KEY_FILE: fileWith(privateKey),
      AMENDS_SASL_MECHANISM: 'plain',
      AMENDS_SASL_USERNAME: 'amends',
      AMENDS_SASL_PASSWORD: 'pass-word',
    });
    const written = inspect(configuration, { depth: 9 }) + JSON.stringify(configuration);
    expect(written).not.toMatch(/pass-word|PRIVATE/);
  });

  it('never show a secret in a mistake', () => {
    const mistakes = mistakesIn({
      AMENDS_BROKERS: 'amends:pass-word@kafka-1:9092',
      AMENDS_SASL_PASSWORD: 'pass-word',
      AMENDS_TLS: 'true',
      AMENDS_TLS_CERT_FILE: fileWith(certificate),
      AMENDS_TLS_KEY_FILE: fileWith(otherKey),
    });
    expect(mistakes).toHaveLength(3);
    expect(mistakes.join('\n')).not.toMatch(/pass-word|PRIVATE/);
  });

  it.each([
    [{ AMENDS_SASL_PASSWORD: 'p' }, ['AMENDS_SASL_PASSWORD: needs AMENDS_SASL_MECHANISM']],
    [{ AMENDS_SASL_MECHANISM: 'plain' }, ['AMENDS_SASL_USERNAME: needed', 'AMENDS_SASL_PASSWORD_FILE: needed']],
    [
      { AMENDS_SASL_MECHANISM: 'oauthbearer', AMENDS_SASL_USERNAME: 'u' },
      ['AMENDS_SASL_USERNAME: has no part', 'AMENDS_OAUTH_TOKEN_FILE: needed'],
    ],
    [
      { AMENDS_SASL_MECHANISM: 'plain', AMENDS_SASL_USERNAME: 'u', AMENDS_SASL_PASSWORD: 'p', AMENDS_OAUTH_TOKEN_FILE: 'f' },
      ['AMENDS_OAUTH_TOKEN_FILE: has no part'],
    ],
  ])('that do not fit together are told: %o', (environment, expected) => {
    const found = mistakesIn(environment);
    expect(found).toEqual(expected.map((mistake) => expect.stringContaining(mistake) as string));
  });

  it('are refused when the password is given twice, or its file is empty', () => {
    const one = { AMENDS_SASL_MECHANISM: 'plain', AMENDS_SASL_USERNAME: 'u' };
    const twice = { ...one, AMENDS_SASL_PASSWORD: 'p', AMENDS_SASL_PASSWORD_FILE: fileWith('q') };
    expect(mistakesIn(twice)).toEqual([expect.stringContaining('leave one')]);
    expect(mistakesIn({ ...one, AMENDS_SASL_PASSWORD_FILE: fileWith('\n') })).toEqual([expect.stringContaining('is empty')]);
  });

  it('that cross the network in clear are warned of', () => {
    const plain = { AMENDS_SASL_MECHANISM: 'plain', AMENDS_SASL_USERNAME: 'u', AMENDS_SASL_PASSWORD: 'p' };
    expect(readConfiguration(plain).warnings).toEqual([expect.stringContaining('unencrypted')]);
    expect(readConfiguration({ ...plain, AMENDS_TLS: 'true' }).warnings).toEqual([]);
    expect(readConfiguration({ ...plain, AMENDS_SASL_MECHANISM: 'scram-sha-256' }).warnings).toEqual([]);
  });
});
