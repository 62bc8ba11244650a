import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.ts';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/amends-kafka', import.meta.url));
const oldestJava = 17;

/** How a broker is run by Java. */
export interface JavaFiles {
  readonly java: string;
  readonly classPath: string;
}

/**
 * Java and what a broker needs, also Kafka's own clients. Fetched by Maven the first time, afterwards kept beside the
 * installed packages. Throws, saying what is missing: Java 17 or later, Maven, or the way to its repository.
 */
export const javaFiles = async (): Promise<JavaFiles> => {
  const home = process.env['JAVA_HOME'];
  const java = home ? join(home, 'bin', 'java') : 'java';
  const version = /version "(\d+)/.exec(await runCommand(java, ['-version'], { timeoutMs: 20_000 }))?.[1];
  if (Number(version) < oldestJava) throw new Error(`Java ${oldestJava} or later is needed, ${java} is ${version}`);
  // Another version of the broker is another folder.
  const jars = join(
    cache,
    createHash('sha256')
      .update(await readFile(pom))
      .digest('hex')
      .slice(0, 12),
  );
  if (!existsSync(jars)) await fetchJars(jars);
  return { java, classPath: join(jars, '*') };
};

/** Two at once fetch twice, and neither ever sees half of it. */
const fetchJars = async (jars: string): Promise<void> => {
  await mkdir(cache, { recursive: true });
  const fetched = await mkdtemp(`${jars}-`);
  try {
    await runCommand('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`], {
      timeoutMs: 240_000,
    });
    await rename(fetched, jars);
  } catch (error) {
    await rm(fetched, { recursive: true, force: true });
    if (!existsSync(jars)) throw error;
  }
};
