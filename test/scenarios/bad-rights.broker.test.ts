import type { AclEntry } from 'kafkajs';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { transactionalIdOf } from '../../src/engine/topics.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { describeJava } from '../broker/describe-broker.ts';
import type { Cluster } from '../broker/start-cluster.ts';
import { startCluster } from '../broker/start-cluster.ts';
import type { RunProcess } from '../cli/service/a-process.ts';
import { LiveInstallation } from './support/live-installation.ts';
import { untilItSays, untilReady } from './support/until-it-says.ts';

type Denied = Pick<AclEntry, 'resourceType' | 'resourceName' | 'operation'>;

const principal = { principal: 'User:amends', host: '*', resourcePatternType: ResourcePatternTypes.LITERAL } as const;

/** What is taken away, of an installation. */
const rights: readonly (readonly [name: string, told: RegExp, of: (on: LiveInstallation) => Denied])[] = [
  [
    'to read one input',
    /delivery\/\d is waiting: AMENDS_BROKER_DENIED[^]*delivery\.tracking/,
    (on) => ({ resourceType: AclResourceTypes.TOPIC, resourceName: on.named(deliveryTracking.name), operation: AclOperationTypes.ALL }),
  ],
  [
    'to write one output',
    /care\/\d is waiting: [^]*remedy\.refunds[^]*AUTHORIZATION_FAILED/,
    (on) => ({ resourceType: AclResourceTypes.TOPIC, resourceName: on.named('remedy.refunds'), operation: AclOperationTypes.WRITE }),
  ],
  [
    'to write one changelog',
    /care\/\d is waiting: [^]*care-changelog[^]*AUTHORIZATION_FAILED/,
    (on) => ({ resourceType: AclResourceTypes.TOPIC, resourceName: on.named(on.changelogOf('care')), operation: AclOperationTypes.WRITE }),
  ],
  [
    'to use one transactional id',
    /^care\/0 is waiting: [^]*amends-care-0: TRANSACTIONAL_ID_AUTHORIZATION_FAILED/,
    (on) => ({
      resourceType: AclResourceTypes.TRANSACTIONAL_ID,
      resourceName: on.named(transactionalIdOf(on.application, 'care', 0)),
      operation: AclOperationTypes.WRITE,
    }),
  ],
  [
    'to belong to the group',
    /the group has not heard of this process for longer than a session/,
    (on) => ({ resourceType: AclResourceTypes.GROUP, resourceName: on.named(on.application), operation: AclOperationTypes.READ }),
  ],
];

await describeJava('one right of a running process that is taken away', () => {
  let cluster: Cluster;
  let on: LiveInstallation;
  let process: RunProcess;
  const owed: string[] = [];

  beforeAll(async () => {
    cluster = await startCluster(1, {
      properties: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS',
        'allow.everyone.if.no.acl.found': 'true',
      },
    });
    on = await LiveInstallation.ready(cluster.brokers, {
      AMENDS_BROKERS: cluster.sasl.brokers.join(),
      AMENDS_SASL_MECHANISM: 'scram-sha-256',
      AMENDS_SASL_USERNAME: cluster.sasl.username,
      AMENDS_SASL_PASSWORD: cluster.sasl.password,
    });
    process = on.start();
    await untilReady(process);
  });
  afterAll(async () => {
    await on.remove();
    await cluster.stop();
  });

  it.each(rights)(
    '%s: it says so with the cure, the process stays, and once it is given back all are paid once',
    async (name, told, of) => {
      const missing = [`missing-${name.replaceAll(' ', '-')}`, `other-${name.replaceAll(' ', '-')}`];
      const acl: AclEntry = { ...principal, ...of(on), permissionType: AclPermissionTypes.DENY };
      await on.admin.createAcls({ acl: [acl] });
      await on.promise(missing);
      const why = await untilItSays(process, told);
      expect(why).toContain('docs/deploy.md');
      const before = await on.refunded();
      const { resourcePatternType: patternType, ...filter } = acl;
      await on.admin.deleteAcls({ filters: [{ ...filter, resourcePatternType: patternType }] });
      // Without the group the tasks run on as long as nobody else takes them; without anything else nobody is paid.
      if (acl.resourceType !== AclResourceTypes.GROUP) expect(before).toEqual(owed.toSorted());
      owed.push(...missing);
      await untilReady(process);
      await on.untilRefunded(missing);
      await on.untilOver(process);
      expect(await on.refunded()).toEqual(owed.toSorted());
    },
  );
});
