import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { realClock } from '../../src/values/clock.ts';
import { secondMs } from '../../src/values/time.ts';
import { describeJava } from '../broker/describe-broker.ts';
import type { Cluster, ClusterNode } from '../broker/start-cluster.ts';
import { startCluster } from '../broker/start-cluster.ts';
import { LiveInstallation } from './support/live-installation.ts';
import { untilItSays, untilReady } from './support/until-it-says.ts';

/** Whoever has no name may do everything; others what they are allowed. */
const properties = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
};

/** Everything that a process asks for. */
const rights = [AclResourceTypes.TOPIC, AclResourceTypes.GROUP, AclResourceTypes.TRANSACTIONAL_ID, AclResourceTypes.CLUSTER].map(
  (resourceType) => ({
    resourceType,
    resourceName: resourceType === AclResourceTypes.CLUSTER ? 'kafka-cluster' : '*',
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:amends',
    host: '*',
    operation: AclOperationTypes.ALL,
    permissionType: AclPermissionTypes.ALLOW,
  }),
);
const grant = (admin: Admin): Promise<boolean> => admin.createAcls({ acl: rights });
const revoke = (admin: Admin): Promise<unknown> =>
  admin.deleteAcls({
    filters: rights.map(({ resourcePatternType: patternType, ...filter }) => ({ ...filter, resourcePatternType: patternType })),
  });

/** Longer than the sessions and transactions of the installation (2 s), and than the promises below hold. */
const longKilledMs = 6_000;
/** Longer than a request waits for its answer (10 s), so that connections are given up. */
const longFrozenMs = 12_000;

await describeJava('brokers that do not do as they should', () => {
  let cluster: Cluster;
  let on: LiveInstallation | undefined;

  beforeAll(async () => {
    cluster = await startCluster(1, { properties });
  });
  afterEach(async () => {
    await on?.remove();
    on = undefined;
  });
  afterAll(async () => {
    await cluster.stop();
  });

  const theNode = (): ClusterNode => {
    const [node] = cluster.nodes;
    if (!node) throw new Error('a cluster without a node');
    return node;
  };
  const proving = (password: string): Readonly<Record<string, string>> => ({
    AMENDS_BROKERS: cluster.sasl.brokers.join(),
    AMENDS_SASL_MECHANISM: 'scram-sha-256',
    AMENDS_SASL_USERNAME: cluster.sasl.username,
    AMENDS_SASL_PASSWORD: password,
  });

  it('away when a process starts: it says so, tries again, and works once they are there', async () => {
    on = await LiveInstallation.ready(cluster.brokers);
    await theNode().stop();
    const process = on.start();
    await untilItSays(process, /the brokers can't be reached, it goes on trying: .*ECONNREFUSED/);
    await theNode().start();
    await untilReady(process);
    expect(process.told.filter((line) => line.includes('ServiceWaiting')).length).toBeLessThan(5);
  });

  const troubles = {
    'killed, and back after longer than sessions and transactions last': {
      strike: () => theNode().kill(),
      lastsMs: longKilledMs,
      mend: () => theNode().start(),
    },
    'frozen for longer than an answer is waited for': {
      strike: async () => theNode().freeze(),
      lastsMs: longFrozenMs,
      mend: async () => theNode().thaw(),
    },
  } as const;
  it.each(Object.entries(troubles))(
    '%s: a live pipeline goes on by itself, pays nobody twice, and nobody whose parcel came',
    async (_, trouble) => {
      on = await LiveInstallation.ready(cluster.brokers);
      const process = on.start();
      await untilReady(process);
      await on.promise(['paid-before']);
      await on.untilRefunded(['paid-before']);
      await on.promise(['arrived', 'missing'], 3 * secondMs);
      await on.deliver(['arrived']);
      await trouble.strike();
      await realClock.wait(trouble.lastsMs);
      expect(await process.ready()).toMatchObject({ ready: false });
      await trouble.mend();
      await untilReady(process);
      await on.untilRefunded(['missing']);
      await on.untilOver(process);
      expect({ late: await on.foundLate(), refunded: await on.refunded() }).toEqual({
        late: ['missing', 'paid-before'],
        refunded: ['missing', 'paid-before'],
      });
      expect(await process.end('SIGTERM')).toBe(0);
    },
  );

  it('that refuse the password when a process starts: it ends, says so, and shows no secret', async () => {
    on = await LiveInstallation.open(cluster.brokers, proving('a-wrong-password'));
    const process = on.start();
    expect(await process.ended()).toBe(1);
    const said = process.told.join('\n');
    expect(said).toMatch(/AMENDS_BROKER_DENIED: the brokers refuse us[^]*check the credentials/);
    expect(said).not.toContain('a-wrong-password');
  });

  it('that take away the rights of a running process: it waits and says so, and goes on once it has them again', async () => {
    on = await LiveInstallation.open(cluster.brokers, proving(cluster.sasl.password));
    await grant(on.admin);
    await on.succeed('topics', 'create', '--partitions', '2');
    await on.arm();
    const process = on.start();
    await untilReady(process);
    await on.promise(['before']);
    await on.untilRefunded(['before']);
    await revoke(on.admin);
    await untilItSays(process, /AMENDS_BROKER_DENIED/);
    await on.promise(['missing']);
    await realClock.wait(2 * secondMs);
    expect(await on.refunded()).toEqual(['before']);
    await grant(on.admin);
    await untilReady(process);
    await on.untilRefunded(['missing']);
    expect(await on.refunded()).toEqual(['before', 'missing']);
  });
});
