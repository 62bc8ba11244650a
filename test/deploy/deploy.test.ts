import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ourStages, ourTopics } from '../../src/cli/our-topics.ts';
import { programFor } from '../../src/cli/program.ts';
import { readConfiguration } from '../../src/config.ts';
import { readCompose } from './compose.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const composeText = read('docker-compose.yml');
const compose = readCompose();
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const service = (name: string) => {
  const found = compose.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
};
const dockerfile = read('deploy/Dockerfile');
const packageJson = JSON.parse(read('package.json')) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** The environment of a service, with what the image brings. */
const environmentOf = (name: string): Record<string, string> => {
  const image = [...dockerfile.matchAll(/(?:^ENV|^ {4}) ?(\w+)=(\S+)/gm)].map(([, key = '', value = '']) => [key, value] as const);
  const own = Object.entries(service(name).environment).map(([key, value]) => [key, String(value)] as const);
  return Object.fromEntries([...image, ...own]);
};

/** Times as Compose writes them, in seconds. */
const secondsOf = (text = ''): number => Number(/^(\d+)s$/.exec(text)?.[1]);

describe('docker-compose.yml', () => {
  it('has Kafka, its topics, the service and Prometheus', () => {
    expect(services.map(([name]) => name)).toEqual(['kafka', 'topics', 'amends', 'prometheus']);
  });

  it('would be refused with a misspelt key', () => {
    expect(() => readCompose(composeText.replace('read_only: true', 'raed_only: true'))).toThrow(/raed_only/);
    expect(() => readCompose(composeText.replace('service_completed_successfully', 'service_completed'))).toThrow(/condition/);
  });

  it('gives nobody rights that nobody needs', () => {
    for (const [name, { cap_drop: dropped, security_opt: options }] of services)
      expect({ name, dropped, options }).toEqual({ name, dropped: ['ALL'], options: ['no-new-privileges:true'] });
    for (const [name, { read_only: isReadOnly }] of ours) expect({ name, isReadOnly }).toEqual({ name, isReadOnly: true });
  });

  it('listens on this machine alone', () => {
    const ports = services.flatMap(([, each]) => each.ports);
    expect(ports.length).toBe(3);
    expect(ports.filter((port) => !/^127\.0\.0\.1:(\d+):\1$/.test(port))).toEqual([]);
  });

  it('names every image by its version', () => {
    const images = services.map(([, { image }]) => image);
    expect(images.filter((image) => !/:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
    for (const [, { image }] of ours) expect(image).toBe(`amends:${packageJson.version}`);
  });

  it.each(ours.map(([name]) => name))('sets for %s only what Amends knows, and rightly', (name) => {
    expect(Object.keys(service(name).environment).filter((key) => key.startsWith('AMENDS_')).length).toBeGreaterThan(0);
    expect(() => readConfiguration(environmentOf(name))).not.toThrow();
    expect(() => readConfiguration({ ...environmentOf(name), AMENDS_BROKRES: 'x' })).toThrow(/AMENDS_BROKRES/);
  });

  it('leads service, health check and Prometheus to the same port', () => {
    const { httpPort, httpHost } = readConfiguration(environmentOf('amends'));
    expect(httpPort).toBe(readConfiguration({}).httpPort);
    expect(httpHost).toBe('0.0.0.0');
    expect(service('amends').ports).toEqual([`127.0.0.1:${httpPort}:${httpPort}`]);
    expect(dockerfile).toContain(`EXPOSE ${httpPort}`);
    expect(dockerfile).toContain(`process.env.AMENDS_HTTP_PORT || ${httpPort}}/healthz`);
    const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as {
      readonly scrape_configs: readonly {
        readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
      }[];
    };
    expect(jobs.flatMap((job) => job.dns_sd_configs).map(({ names, port }) => [names, port])).toEqual([[['amends'], httpPort]]);
  });

  it('leads containers and this machine to listeners that Kafka has and tells', () => {
    const { KAFKA_LISTENERS: listeners, KAFKA_ADVERTISED_LISTENERS: told } = service('kafka').environment;
    const { brokers } = readConfiguration(environmentOf('amends'));
    expect(brokers).toEqual(['kafka:19092']);
    expect(told).toBe(`CONTAINERS://${brokers.join()},HOST://${readConfiguration({}).brokers.join()}`);
    expect(listeners).toMatch(/^CONTAINERS:\/\/:19092,HOST:\/\/:9092,/);
    expect(service('kafka').ports).toEqual(['127.0.0.1:9092:9092']);
  });

  it('starts the service only once its topics are there', () => {
    expect(service('amends').depends_on).toEqual({ topics: { condition: 'service_completed_successfully' } });
    expect(service('topics').depends_on).toEqual({ kafka: { condition: 'service_healthy' } });
    expect(service('topics').restart).toBeUndefined();
  });

  it('types only verbs that there are, and acts on nobody by itself', () => {
    const program = programFor({ out: () => {}, error: () => {}, isWatched: false, columns: 120, environment: {} });
    const topics = program.commands.find((verb) => verb.name() === 'topics');
    expect(service('topics').command).toEqual(['topics', 'create']);
    expect(topics?.commands.map((verb) => verb.name())).toContain('create');
    expect(service('amends').command).toEqual(['run']);
    expect(program.commands.map((verb) => verb.name())).toContain('run');
  });

  it('waits longer for the service to end than it takes, and that is longer than a transaction', () => {
    const { transactionTimeoutMs } = readConfiguration(environmentOf('amends'));
    const stopWithin = /stopWithinMs = (\d+) \* secondMs/.exec(read('src/cli/run-verb.ts'))?.[1];
    expect(Number(stopWithin) * 1_000).toBeGreaterThan(transactionTimeoutMs);
    expect(secondsOf(service('amends').stop_grace_period)).toBeGreaterThan(Number(stopWithin));
  });

  it('mounts only what there is, and keeps the data', () => {
    const volumes = services.flatMap(([, each]) => each.volumes);
    const mounted = volumes.filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':'));
    expect(mounted.length).toBeGreaterThan(1);
    expect(mounted.filter(([path = '', , mode]) => mode !== 'ro' || !existsSync(join(root, path)))).toEqual([]);
    const named = volumes.filter((volume) => !volume.startsWith('./')).map((volume) => volume.split(':')[0] ?? '');
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('keeps what Prometheus saw for longer than its rules look back', () => {
    const days = service('prometheus')
      .command?.map((word) => /^--storage\.tsdb\.retention\.time=(\d+)d$/.exec(word)?.[1])
      .find(Boolean);
    expect(Number(days)).toBeGreaterThan(8);
  });
});

describe('deploy/Dockerfile', () => {
  it('builds on the Node that the tests run on', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(bases)).toEqual(new Set([`node:${packageJson.devDependencies['node']}-slim`]));
  });

  it('runs scripts that there are, and as a user without rights', () => {
    const scripts = [...dockerfile.matchAll(/npm run (\S+)/g)].map(([, script = '']) => script);
    expect(scripts).toEqual(['build']);
    expect(scripts.filter((script) => packageJson.scripts[script] === undefined)).toEqual([]);
    expect(dockerfile.split(/^FROM /m).at(-1)).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
    expect(copied.length).toBeGreaterThan(5);
    const kept = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    expect(read('.dockerignore').split('\n')).toContain('*');
    expect([...new Set(copied)].sort()).toEqual(kept.sort());
    expect(kept.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('docs/deploy.md', () => {
  const page = read('docs/deploy.md');
  const part = (heading: string): string => page.split(/^## /m).find((each) => each.startsWith(heading)) ?? '';
  const topics = ourTopics({ application: 'amends', time: 'live', partitions: 12 }).map(({ name }) => name);

  it('tells of every topic what matters', () => {
    expect(topics.length).toBeGreaterThan(15);
    expect(topics.filter((name) => !part('Topics').includes(`| \`${name}\``) && !part('Topics').includes(`, \`${name}\``))).toEqual([]);
  });

  it('gives the service the right to write what a stage writes, to read what a stage reads, and not to turn the switch', () => {
    /** The rows of the service: `[resources, operations]`. The first names it, the others leave it empty. */
    const rows = part('Rights')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const first = rows.findIndex(([, who]) => who?.startsWith('the service') === true);
    const count = rows.slice(first + 1).findIndex(([, who]) => who !== '') + 1;
    const mayDo = (operation: string): readonly string[] =>
      rows
        .slice(first, first + count)
        .filter(([, , , operations = '']) => operations.split(', ').includes(operation))
        .flatMap(([, , resources = '']) => [...resources.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    const isCovered = (names: readonly string[]) => (topic: string) => !names.includes(topic) && !topic.startsWith('amends-');
    const written = ourStages().flatMap(({ outputs }) => outputs.map(({ name }) => name));
    const readBy = ourStages().flatMap(({ inputs }) => inputs.map(({ topic }) => topic.name));
    expect([...written, 'amends.progress', 'amends.dead-letters'].filter(isCovered(mayDo('Write')))).toEqual([]);
    expect([...readBy, 'amends.progress', 'amends.dead-letters'].filter(isCovered(mayDo('Read')))).toEqual([]);
    expect(mayDo('Write')).not.toContain('amends.controls');
    expect(mayDo('Write').filter((name) => readBy.includes(name) && !written.includes(name))).toEqual([]);
  });
});
