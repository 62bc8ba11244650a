import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

type Settings = Readonly<Record<string, string>>;

const environmentOf = (settings: Settings): NodeJS.ProcessEnv => {
  // What the one who runs the tests has set for herself is not meant for them.
  const mine = Object.entries(process.env).filter(([name]) => !name.startsWith('AMENDS_'));
  return { ...Object.fromEntries(mine), ...settings };
};

/** Types a verb, as a person would, and waits for its end. Rejects, with what it said, when it doesn't end well. */
export const type = async (verb: readonly string[], settings: Settings = {}): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...verb], { env: environmentOf(settings) });
  return stdout;
};

/** A verb that goes on until it is told to stop, in a process of its own. */
export class RunningVerb {
  readonly #child: ChildProcess;
  readonly #exit: Promise<readonly [code: number | null, signal: string | null]>;
  #said = '';

  constructor(verb: readonly string[], settings: Settings) {
    this.#child = spawn(process.execPath, [main, ...verb], { env: environmentOf(settings), stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (said: Buffer) => (this.#said = `${this.#said}${said.toString()}`.slice(-20_000)));
    this.#exit = once(this.#child, 'exit') as Promise<[number | null, string | null]>;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last of what it said. */
  get said(): string {
    return this.#said;
  }

  /** Sends a signal; gives the exit code, or the signal that ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string | null> {
    if (this.isRunning) this.#child.kill(signal);
    const [code, by] = await this.#exit;
    return code ?? by;
  }
}
