import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'amends-promtool');
const timeout = 120_000;

/** How promtool is run, and where it came from. `prefix` stands before its own arguments. */
export interface Promtool {
  readonly command: string;
  readonly prefix: readonly string[];
  readonly via: 'environment' | 'path' | 'debian' | 'docker';
}

/** What a run of promtool said, standard output and error in one, and whether it found everything in order. */
export interface Said {
  readonly isFine: boolean;
  readonly text: string;
}

/** Runs it in the root of the project; paths are from there, or absolute and below the root or the system's temporary folder. */
export const runPromtool = ({ command, prefix }: Promtool, ...words: readonly string[]): Said => {
  const { status, stdout, stderr, error } = spawnSync(command, [...prefix, ...words], { cwd: root, encoding: 'utf8', timeout });
  return { isFine: status === 0, text: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
};

const answers = (promtool: Promtool): boolean => /promtool, version/.test(runPromtool(promtool, '--version').text);

/** Each gives promtool, or in words why it can't. */
type Way = () => Promtool | string;

const byEnvironment: Way = () => {
  const named = process.env['PROMTOOL'];
  if (named === undefined || named === '') return 'PROMTOOL is not set';
  const promtool: Promtool = { command: named, prefix: [], via: 'environment' };
  return answers(promtool) ? promtool : `PROMTOOL names ${named}, which is not promtool`;
};

const byPath: Way = () => {
  const promtool: Promtool = { command: 'promtool', prefix: [], via: 'path' };
  return answers(promtool) ? promtool : 'no promtool on PATH';
};

/** Fetches Debian's package without installing it: lists of packages of its own, nothing of the system's is changed. */
const fetchPackage = (into: string): string => {
  const apt = (...words: readonly string[]): boolean => spawnSync('apt-get', ['-q', ...words], { cwd: into, timeout }).status === 0;
  const asRoot = ['-o', 'APT::Sandbox::User=root'];
  const lists = join(into, 'apt');
  mkdirSync(join(lists, 'lists', 'partial'), { recursive: true });
  const own = [...asRoot, '-o', `Dir::State::lists=${join(lists, 'lists')}`, '-o', `Dir::Cache=${lists}`];
  const isThere = apt(...asRoot, 'download', 'prometheus') || (apt(...own, 'update') && apt(...own, 'download', 'prometheus'));
  const file = isThere ? readdirSync(into).find((name) => /^prometheus_.*\.deb$/.test(name)) : undefined;
  if (file === undefined) return 'apt-get could not download the package prometheus';
  return spawnSync('dpkg-deb', ['-x', file, 'unpacked'], { cwd: into, timeout }).status === 0 ? '' : 'dpkg-deb could not unpack it';
};

const byDebian: Way = () => {
  const promtool: Promtool = { command: join(cache, 'promtool'), prefix: [], via: 'debian' };
  if (existsSync(promtool.command) && answers(promtool)) return promtool;
  if (spawnSync('apt-get', ['--version']).status !== 0) return "this is no Debian, so its package isn't there";
  mkdirSync(cache, { recursive: true });
  const into = mkdtempSync(join(cache, 'fetch-'));
  try {
    const why = fetchPackage(into);
    if (why !== '') return why;
    // A rename within one folder: whoever looks at the same time finds all of it or nothing.
    renameSync(join(into, 'unpacked', 'usr', 'bin', 'promtool'), promtool.command);
    return answers(promtool) ? promtool : "Debian's promtool does not run here";
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
};

/** The image that docker-compose.yml runs, so that what is tried is what runs. */
const prometheusImage = (): string => {
  const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
    readonly services: { readonly prometheus: { readonly image: string } };
  };
  return services.prometheus.image;
};

const byDocker: Way = () => {
  if (spawnSync('docker', ['info'], { timeout: 15_000 }).status !== 0) return 'no Docker daemon answers';
  const mounts = [root, tmpdir()].flatMap((path) => ['--volume', `${path}:${path}:ro`]);
  const prefix = ['run', '--rm', ...mounts, '--workdir', root, '--entrypoint', 'promtool', prometheusImage()];
  const promtool: Promtool = { command: 'docker', prefix, via: 'docker' };
  return answers(promtool) ? promtool : 'the image of Prometheus does not run';
};

/** The first promtool that is there: named by PROMTOOL, on PATH, Debian's package (kept below node_modules), Docker. Else the reasons. */
export const findPromtool = (ways: readonly Way[] = [byEnvironment, byPath, byDebian, byDocker]): Promtool | readonly string[] => {
  const reasons: string[] = [];
  for (const way of ways) {
    const found = way();
    if (typeof found !== 'string') return found;
    reasons.push(found);
  }
  return reasons;
};
