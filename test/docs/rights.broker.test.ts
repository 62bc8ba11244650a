import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AclEntry, Admin } from 'kafkajs';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ourTopics } from '../../src/cli/our-topics.ts';
import { describeJava } from '../broker/describe-broker.ts';
import { quietKafka } from '../broker/quiet-kafka.ts';
import type { Cluster } from '../broker/start-cluster.ts';
import { startCluster } from '../broker/start-cluster.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { RunProcess } from '../cli/service/a-process.ts';
import type { Said } from '../cli/terminal.ts';
import { amendsIn } from '../cli/terminal.ts';
import { olistHistory } from '../lab/replay/olist-history.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';

const policyFile = fileURLToPath(new URL('../../deploy/policy.yaml', import.meta.url));
const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
const topics = ourTopics({ application: 'amends', time: 'live', partitions: 1 }).map(({ name }) => name);

const operations: Readonly<Record<string, AclOperationTypes>> = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
};

/** The rows of the table of rights; a cell without a name continues the one above. */
const rows = (): readonly { readonly who: string; readonly resource: string; readonly operations: readonly string[] }[] => {
  const part = page.split(/^## /m).find((each) => each.startsWith('Rights')) ?? '';
  let who = '';
  return part
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Who') && !line.startsWith('| ---'))
    .map((line) => {
      const [, name = '', resource = '', allowed = ''] = line.split('|').map((cell) => cell.trim());
      if (name !== '') who = name;
      return { who, resource, operations: allowed.split(', ') };
    });
};

type Resource = Pick<AclEntry, 'resourceType' | 'resourceName' | 'resourcePatternType'>;

/** One right, however often it is given. */
const nameOf = ({ resourceType, resourceName, operation }: Resource & Pick<AclEntry, 'operation'>): string =>
  `${resourceType} ${resourceName} ${operation}`;

/** What a cell names, under the prefix that an installation has. */
const resourcesIn = (cell: string, prefix: string): readonly Resource[] => {
  const literal = (resourceType: AclResourceTypes, resourceName: string): Resource => ({
    resourceType,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
  });
  const type = cell.startsWith('group')
    ? AclResourceTypes.GROUP
    : cell.startsWith('transactional ids')
      ? AclResourceTypes.TRANSACTIONAL_ID
      : AclResourceTypes.TOPIC;
  return [
    ...[...cell.matchAll(/(with prefix )?`([^`]+)`/g)].map(([, isPrefix, name = '']) => ({
      ...literal(type, `${prefix}${name}`),
      ...(isPrefix !== undefined && { resourcePatternType: ResourcePatternTypes.PREFIXED }),
    })),
    ...(cell.includes('all topics') ? topics.map((name) => literal(AclResourceTypes.TOPIC, `${prefix}${name}`)) : []),
    ...(cell.includes('cluster') ? [literal(AclResourceTypes.CLUSTER, 'kafka-cluster')] : []),
  ];
};

/** The rights of whoever the page calls so, with those of the service where it says so. */
const rightsOf = (who: string, user: string, prefix: string): AclEntry[] => {
  const own = rows().filter((row) => row.who.includes(who));
  if (own.length === 0) throw new Error(`docs/deploy.md gives no rights to "${who}"`);
  const service = own.some(({ resource }) => resource.includes('what the service may'))
    ? rows().filter((row) => row.who.startsWith('the service'))
    : [];
  return [...own, ...service].flatMap(({ resource, operations: allowed }) =>
    resourcesIn(resource, prefix).flatMap((on) =>
      allowed.map((operation) => ({
        ...on,
        principal: `User:${user}`,
        host: '*',
        operation: operations[operation] ?? AclOperationTypes.UNKNOWN,
        permissionType: AclPermissionTypes.ALLOW,
      })),
    ),
  );
};

await describeJava('the rights that docs/deploy.md lists, on a broker that denies everything else', () => {
  let cluster: Cluster;
  let admin: Admin;
  const processes: RunProcess[] = [];

  beforeAll(async () => {
    cluster = await startCluster(1, {
      properties: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS',
      },
    });
    admin = quietKafka(cluster.brokers).admin();
    await admin.connect();
  });

  afterAll(async () => {
    await Promise.all(processes.map((process) => process.end('SIGKILL')));
    await admin.disconnect();
    await cluster.stop();
  });

  /** The environment of somebody who has the rights of `who` and no others. */
  const as = async (who: string, prefix: string): Promise<Readonly<Record<string, string>>> => {
    const user = `${prefix}${who.replaceAll(/[^a-z]/g, '')}`;
    const acl = rightsOf(who, user, prefix);
    await admin.createAcls({ acl });
    await waitUntil('the broker has heard of them', async () => {
      const { resources } = await admin.describeAcls({
        resourceType: AclResourceTypes.ANY,
        resourcePatternType: ResourcePatternTypes.ANY,
        principal: `User:${user}`,
        operation: AclOperationTypes.ANY,
        permissionType: AclPermissionTypes.ANY,
      });
      const known = resources.flatMap((each) => each.acls.map(({ operation }) => nameOf({ ...each, operation })));
      return acl.every((each) => known.includes(nameOf(each)));
    });
    const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, `${encoded({ alg: 'none' })}.${encoded({ sub: user, iat: nowSeconds, exp: nowSeconds + 3_600 })}.`);
    return {
      AMENDS_BROKERS: cluster.sasl.brokers.join(','),
      AMENDS_SASL_MECHANISM: 'oauthbearer',
      AMENDS_OAUTH_TOKEN_FILE: file,
      AMENDS_TOPIC_PREFIX: prefix,
      AMENDS_POLICY: policyFile,
    };
  };

  const type = async (who: string, prefix: string, ...typed: readonly string[]): Promise<Said> => amendsIn(await as(who, prefix), ...typed);

  /** Topics made by who may, and the service running on them. */
  const running = async (prefix: string, ...options: readonly string[]): Promise<RunProcess> => {
    const created = await type('`topics create`', prefix, 'topics', 'create', '--partitions', '2');
    expect(created).toMatchObject({ code: 0, out: expect.stringContaining(`${prefix}remedy.refunds`) });
    const process = new RunProcess(await as('the service', prefix), ...options);
    processes.push(process);
    await waitUntil('it is ready', async () => (await process.ready()).ready);
    return process;
  };

  it('let the service run, and whoever has them turn the switch, release and ask, while the service can turn nothing', async () => {
    const prefix = 'care.';
    const process = await running(prefix, '--act');
    const by = ['--by', 'ana', '--why', 'a test'];
    const arm = ['arm', '--policy', policyFile, ...by];
    expect(await type('the service', prefix, ...arm)).toMatchObject({ code: 1, error: expect.stringContaining('AUTHORIZATION_FAILED') });
    expect(await type('`switch`', prefix, ...arm)).toMatchObject({ code: 0 });
    expect(await type('`switch`', prefix, 'stop', ...by)).toMatchObject({ code: 0 });
    expect(await type('`switch`', prefix, 'switch')).toMatchObject({ code: 0, out: expect.stringContaining('Stopped by ana') });
    expect(await type('`release`', prefix, 'release', 'care', ...by)).toMatchObject({ code: 0 });
    expect(await type('`explain`', prefix, 'explain', 'c-nobody')).toMatchObject({
      code: 1,
      error: expect.stringContaining('AMENDS_NOT_FOUND'),
    });
    const findings = JSON.parse((await type('`doctor`', prefix, 'doctor', '--json')).out) as { readonly ok: boolean };
    expect(findings).toMatchObject({ ok: true });
    expect(process.told.filter((line) => /TransactionFailed|AUTHORIZATION/.test(line))).toEqual([]);
  });

  it('let history be published', async () => {
    const prefix = 'history.';
    await type('`topics create`', prefix, 'topics', 'create', '--partitions', '2', '--time', 'records');
    const file = await olistHistory({ seed: 1, orders: 3 });
    expect(await type('`publish`', prefix, 'publish', file, '--armed', policyFile)).toMatchObject({
      code: 0,
      error: expect.not.stringContaining('->'),
    });
  });
});
