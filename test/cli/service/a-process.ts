import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** A process of `amends run`, as an orchestrator would start it. */
export class RunProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<readonly unknown[]>;
  /** Its log, a line a happening. */
  readonly told: string[] = [];
  /** Where its pages are; rejects where it ends before. */
  readonly address: Promise<string>;

  constructor(environment: Readonly<Record<string, string>>, ...options: readonly string[]) {
    this.#child = spawn(process.execPath, [main, 'run', ...options], {
      env: { PATH: process.env['PATH'], AMENDS_HTTP_PORT: '0', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#exit = once(this.#child, 'exit');
    const lines = createInterface({ input: this.#child.stderr ?? process.stdin });
    this.address = new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        this.told.push(line);
        const [, address] = /pages at (http:[^\s"]+)"/.exec(line) ?? [];
        if (address !== undefined) resolve(address);
      });
      void this.#exit.then(() => reject(new Error(`ended before its pages were there:\n${this.told.join('\n')}`)));
    });
    this.address.catch(() => {});
  }

  /** What `/readyz` says. */
  async ready(): Promise<{ readonly ready: boolean; readonly why: readonly string[] }> {
    return (await (await fetch(`${await this.address}/readyz`)).json()) as { readonly ready: boolean; readonly why: readonly string[] };
  }

  /** The figures of a metric, one for each set of labels. */
  async figuresOf(metric: string): Promise<readonly number[]> {
    const text = await (await fetch(`${await this.address}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`));
    return lines.map((line) => Number(line.slice(line.lastIndexOf(' '))));
  }

  async sumOf(metric: string): Promise<number> {
    return (await this.figuresOf(metric)).reduce((sum, figure) => sum + figure, 0);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Stands still, with its connections open, until it goes on. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** The exit code, once it has ended by itself. */
  async ended(): Promise<unknown> {
    const [code] = await this.#exit;
    return code;
  }

  /** Sends the signal and gives the exit code; null where the signal itself ended it. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<unknown> {
    this.#child.kill(signal);
    const [code] = await this.#exit;
    return code;
  }
}
