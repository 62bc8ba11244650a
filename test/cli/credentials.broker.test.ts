import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeJava } from '../broker/describe-broker.ts';
import type { Cluster } from '../broker/start-cluster.ts';
import { startCluster } from '../broker/start-cluster.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';
import { amendsIn } from './terminal.ts';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token that is signed by nobody, which these brokers take. */
const tokenOf = (sub: string): string => {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  return `${encoded({ alg: 'none' })}.${encoded({ sub, iat: nowSeconds, exp: nowSeconds + 3_600 })}.`;
};

/** Whoever has no name or is called amends may do everything, others nothing; timeouts are short. */
const properties = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS;User:amends',
  'group.max.session.timeout.ms': 20_000,
  'transaction.max.timeout.ms': 20_000,
};

await describeJava('brokers that want to know who we are', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster(1, { properties });
  });

  afterAll(async () => {
    await cluster.stop();
  });

  const environment = (more: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
    AMENDS_BROKERS: cluster.sasl.brokers.join(','),
    ...more,
  });

  const withPassword = (mechanism: string, password: string = cluster.sasl.password): Readonly<Record<string, string>> =>
    environment({ AMENDS_SASL_MECHANISM: mechanism, AMENDS_SASL_USERNAME: cluster.sasl.username, AMENDS_SASL_PASSWORD: password });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('take the right password by %s', async (mechanism) => {
    const { code, error } = await amendsIn(withPassword(mechanism), 'topics', 'create', '--dry-run');
    expect(error.includes('unencrypted')).toBe(mechanism === 'plain');
    expect(code).toBe(0);
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('refuse a wrong one by %s, which is never shown', async (mechanism) => {
    const { code, out, error } = await amendsIn(withPassword(mechanism, 'a-wrong-password'), 'topics', 'create', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'AMENDS_BROKER_DENIED' } });
    expect(out + error).not.toContain('a-wrong-password');
  });

  it('take a token from a file', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, tokenOf('amends'));
    const given = environment({ AMENDS_SASL_MECHANISM: 'oauthbearer', AMENDS_OAUTH_TOKEN_FILE: file });
    expect(await amendsIn(given, 'topics', 'create', '--dry-run')).toMatchObject({ code: 0 });
  });

  it('refuse what is no token', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'no-token-at-all');
    const given = environment({ AMENDS_SASL_MECHANISM: 'oauthbearer', AMENDS_OAUTH_TOKEN_FILE: file });
    const { code, error, out } = await amendsIn(given, 'topics', 'create', '--dry-run');
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringMatching(/AMENDS_BROKER_DENIED[\s\S]*the token was refused \(invalid_token\)/),
    });
    expect(out + error).not.toContain('no-token-at-all');
  });

  it('let the doctor in who knows the password, and tell the one who does not what to check', async () => {
    const { out } = await amendsIn(withPassword('scram-sha-512'), 'doctor');
    expect(out).toContain('It answers, knows us');
    const denied = await amendsIn(withPassword('scram-sha-512', 'a-wrong-password'), 'doctor');
    expect(denied.code).toBe(1);
    expect(denied.out).toMatch(/It refuses us: [\s\S]*-> Check AMENDS_SASL_/);
    expect(denied.out).not.toContain('a-wrong-password');
  });

  it('tell one they know, and who has no rights, what may not be done', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, tokenOf('nobody'));
    const given = environment({ AMENDS_SASL_MECHANISM: 'oauthbearer', AMENDS_OAUTH_TOKEN_FILE: file });
    const { code, error } = await amendsIn(given, 'topics', 'create');
    expect(code).toBe(1);
    expect(error).toMatch(/AMENDS_BROKER_DENIED[\s\S]*looking at .*delivery\.tracking, .*: TOPIC_AUTHORIZATION_FAILED/);
    const doctor = await amendsIn(given, 'doctor');
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(/^ok .*It answers, knows us/m);
    expect(doctor.out).toMatch(/^error +group [\s\S]*GROUP_AUTHORIZATION_FAILED/m);
    expect(doctor.out).toMatch(/^error +topics [\s\S]*TOPIC_AUTHORIZATION_FAILED/m);
  });

  it('tell the doctor which of our timeouts they do not take', async () => {
    const given = { AMENDS_BROKERS: cluster.brokers.join(','), AMENDS_SESSION_TIMEOUT: 'PT21S', AMENDS_TRANSACTION_TIMEOUT: 'PT1M' };
    const { out } = await amendsIn(given, 'doctor');
    expect(out).toContain('AMENDS_SESSION_TIMEOUT is 21000 ms; the brokers take 500 to 20000 ms.');
    expect(out).toContain('AMENDS_TRANSACTION_TIMEOUT is 60000 ms; the brokers take at most 20000 ms.');
  });
});
