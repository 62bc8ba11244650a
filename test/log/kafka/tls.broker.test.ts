import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaSettings } from '../../../src/cli/kafka-settings.ts';
import { readConfiguration } from '../../../src/config.ts';
import { KafkaLog } from '../../../src/log/kafka/kafka-log.ts';
import { realClock } from '../../../src/values/clock.ts';
import { describeJava } from '../../broker/describe-broker.ts';
import { quietKafka } from '../../broker/quiet-kafka.ts';
import type { Cluster } from '../../broker/start-cluster.ts';
import { startCluster } from '../../broker/start-cluster.ts';
import { waitUntil } from '../../broker/wait-until.ts';
import { amendsIn } from '../../cli/terminal.ts';
import type { Certificates } from './certificates.ts';
import { makeCertificates } from './certificates.ts';

type Environment = Readonly<Record<string, string>>;

const topic = 'over-tls';

await describeJava('brokers that speak TLS', () => {
  let certificates: Certificates;
  let cluster: Cluster;

  beforeAll(async () => {
    certificates = makeCertificates();
    const { keyAndCertificate } = certificates.server;
    cluster = await startCluster(1, { tls: { keyAndCertificate, authority: certificates.authority } });
    const admin = quietKafka(cluster.brokers).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
    await waitUntil('the topic is there', async () => (await admin.listTopics()).includes(topic));
    await admin.disconnect();
  });
  afterAll(async () => {
    await cluster.stop();
    certificates.remove();
  });

  const trusting = (brokers: readonly string[], more: Environment = {}): Environment => ({
    AMENDS_BROKERS: brokers.join(),
    AMENDS_TLS: 'true',
    AMENDS_TLS_CA_FILE: certificates.authority,
    ...more,
  });
  const certified = (): Environment => ({
    AMENDS_TLS_CERT_FILE: certificates.client.certificate,
    AMENDS_TLS_KEY_FILE: certificates.client.key,
  });
  const withPassword = (password: string = cluster.sasl.password): Environment => ({
    AMENDS_SASL_MECHANISM: 'scram-sha-512',
    AMENDS_SASL_USERNAME: cluster.sasl.username,
    AMENDS_SASL_PASSWORD: password,
  });
  const at = (brokers: readonly string[], host: string): readonly string[] => brokers.map((broker) => broker.replace('localhost', host));

  /** A transaction that is read again: over every connection that a log has. */
  const writeAndRead = async (environment: Environment, value: string): Promise<readonly (string | undefined)[]> => {
    const log = new KafkaLog(kafkaSettings(readConfiguration(environment), realClock));
    const { signal } = new AbortController();
    try {
      const writer = await log.write('over-tls', signal);
      const record = { topic, partition: 0, key: null, value: Buffer.from(value), timestamp: realClock.now() };
      const outcome = await writer.commit([record]);
      const [end] = outcome.outcome === 'committed' ? outcome.ends : [];
      const reader = log.read();
      reader.add({ topic, partition: 0, offset: (end?.offset ?? 0) - 1 });
      const read: (string | undefined)[] = [];
      while (read.length === 0)
        for (const { records } of await reader.poll({ bytes: 1_000, waitMs: 200 }, signal))
          read.push(...records.map((each) => each.value?.toString()));
      return read;
    } finally {
      await log.close();
    }
  };

  describe('let in', () => {
    it('who trusts their authority', async () => {
      expect(await writeAndRead(trusting(cluster.tls.brokers), 'trusting')).toEqual(['trusting']);
    });

    it('who shows a certificate, where they ask for one', async () => {
      expect(await writeAndRead(trusting(cluster.tls.certified, certified()), 'certified')).toEqual(['certified']);
    });

    it('who knows the password, where they ask for one', async () => {
      expect(await writeAndRead(trusting(cluster.tls.sasl, withPassword()), 'known')).toEqual(['known']);
    });

    it('the doctor', async () => {
      for (const environment of [
        trusting(cluster.tls.brokers),
        trusting(cluster.tls.certified, certified()),
        trusting(cluster.tls.sasl, withPassword()),
      ])
        expect((await amendsIn(environment, 'doctor')).out).toContain('It answers, knows us');
    });
  });

  /** What the doctor says of the broker, and what a verb says that needs it. */
  const told = async (environment: Environment): Promise<{ readonly doctor: string; readonly verb: string }> => {
    const [doctor, verb] = await Promise.all([amendsIn(environment, 'doctor'), amendsIn(environment, 'topics', 'create', '--dry-run')]);
    expect([doctor.code, verb.code]).toEqual([1, 1]);
    return { doctor: doctor.out.replace(/\s+/g, ' '), verb: verb.error };
  };

  describe('are told of, with what to do, where', () => {
    it('their authority is not trusted', async () => {
      const { doctor, verb } = await told(trusting(cluster.tls.brokers, { AMENDS_TLS_CA_FILE: certificates.stranger }));
      expect(doctor).toMatch(/It can't be reached: its certificate is signed by no authority that we trust .* -> Check AMENDS_TLS_CA_FILE/);
      expect(verb).toMatch(/AMENDS_BROKER_UNREACHABLE[^]*its certificate is signed by no authority that we trust[^]*AMENDS_TLS_CA_FILE/);
    });

    it('their certificate is of another host', async () => {
      const { doctor, verb } = await told(trusting(at(cluster.tls.brokers, '127.0.0.1')));
      expect(doctor).toMatch(
        /It can't be reached: its certificate is of another host .* AMENDS_BROKERS names the broker as its certificate/,
      );
      expect(verb).toMatch(/AMENDS_BROKER_UNREACHABLE[^]*127\.0\.0\.1:\d+: its certificate is of another host/);
    });

    it('they ask for a certificate and get none', async () => {
      const { doctor, verb } = await told(trusting(cluster.tls.certified));
      expect(doctor).toMatch(/It refuses us: it takes no connection without a certificate .* AMENDS_TLS_\.\.\./);
      expect(verb).toMatch(/AMENDS_BROKER_DENIED[^]*it takes no connection without a certificate/);
    });

    it('the password is wrong', async () => {
      const { doctor, verb } = await told(trusting(cluster.tls.sasl, withPassword('a-wrong-password')));
      expect(doctor).toContain('It refuses us: ');
      expect(verb).toContain('AMENDS_BROKER_DENIED');
      expect(doctor + verb).not.toContain('a-wrong-password');
    });

    it('they speak TLS and we do not, or the other way round', async () => {
      for (const environment of [{ AMENDS_BROKERS: cluster.tls.brokers.join() }, trusting(cluster.brokers)]) {
        const { doctor, verb } = await told(environment);
        expect(doctor).toMatch(/It can't be reached: .* AMENDS_TLS is as the listener is/);
        expect(verb).toMatch(/AMENDS_BROKER_UNREACHABLE[^]*AMENDS_TLS/);
      }
    });
  });
});
