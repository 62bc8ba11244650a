import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JavaFiles } from './java-files.ts';
import type { NodeAddress } from './node-properties.ts';
import { saslUser } from './node-properties.ts';
import { runCommand } from './run-command.ts';

/** `quick`: starts fast and takes little, for tests. `steady`: everything compiled, for benches. */
export type Pace = 'quick' | 'steady';

const flagsOf: Readonly<Record<Pace, readonly string[]>> = {
  quick: ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  steady: ['-Xms1g', '-Xmx1g', '-XX:+UseG1GC'],
};

/**
 * Kills the process `$1` and removes the folders `$2` and (once empty) `$3` when whoever holds the other end of its input is gone,
 * however that came: a test run that is killed can't clean up after itself.
 */
const watchdog = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; sleep 1; rm -rf "$2"; rmdir "$3" 2>/dev/null';

/** One broker or controller as a process of its own, with its data in a folder that outlives a restart. */
export class JavaNode {
  readonly address: NodeAddress;
  readonly #files: JavaFiles;
  readonly #parent: string;
  readonly #folder: string;
  readonly #pace: Pace;
  #process: { readonly java: ChildProcess; readonly watchdog: ChildProcess; readonly gone: Promise<unknown> } | undefined;

  constructor(files: JavaFiles, address: NodeAddress, parent: string, properties: string, pace: Pace) {
    this.#files = files;
    this.address = address;
    this.#parent = parent;
    this.#folder = join(parent, `node-${address.id}`);
    this.#pace = pace;
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#properties, properties);
  }

  get #properties(): string {
    return join(this.#folder, 'server.properties');
  }

  get #log(): string {
    return join(this.#folder, 'log.txt');
  }

  /** The id of its process, where one runs. */
  get pid(): number | undefined {
    return this.#process?.java.pid;
  }

  /** The end of what the node has logged, for messages. */
  said(): string {
    return readFileSync(this.#log, 'utf8').trim().split('\n').slice(-20).join('\n');
  }

  /** Prepares the empty folder for the cluster called `clusterId`. */
  async format(clusterId: string): Promise<void> {
    const credentials = (['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${saslUser.username},password=${saslUser.password}]`,
    ]);
    const { java, classPath } = this.#files;
    const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', this.#properties, ...credentials];
    await runCommand(java, [...quick, '-cp', classPath, ...format], { timeoutMs: 60_000 });
  }

  /** Starts the process; the node is ready some seconds later. Nothing happens where it runs already. */
  start(): void {
    if (this.#process) return;
    const { java: program, classPath } = this.#files;
    const log = openSync(this.#log, 'a');
    const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
    const java = spawn(program, [...flagsOf[this.#pace], logging, '-cp', classPath, 'kafka.Kafka', this.#properties], {
      stdio: ['ignore', log, log],
      // Ctrl-C reaches the test run, which stops what it has started.
      detached: true,
    });
    closeSync(log);
    const guard = spawn('sh', ['-c', watchdog, 'watchdog', String(java.pid), this.#folder, this.#parent], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    const gone = once(java, 'exit');
    java.once('exit', () => {
      // It waits for the end of its input: killed first, it kills nobody by an id that has become another's.
      guard.kill('SIGKILL');
      this.#process = undefined;
    });
    java.unref();
    guard.unref();
    this.#process = { java, watchdog: guard, gone };
  }

  /** Shuts down in order: leaders move first, and what is in memory is written. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** As if the machine had lost its power, but for its disk. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Stands still as it is, its connections open, until it is thawed. */
  freeze(): void {
    this.#process?.java.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.java.kill('SIGCONT');
  }

  async #end(by: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#process;
    if (!running) return;
    this.thaw();
    running.java.ref();
    running.java.kill(by);
    await running.gone;
  }
}
