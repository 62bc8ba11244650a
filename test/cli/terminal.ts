import type { ExitCode } from '../../src/cli/exit-codes.ts';
import { run } from '../../src/cli/run.ts';

/** What a run of the command line said. */
export interface Said {
  readonly code: ExitCode;
  readonly out: string;
  readonly error: string;
}

/** Runs what is typed after `amends`, with nobody watching, in an environment. */
export const amendsIn = async (environment: Readonly<Record<string, string>>, ...typed: readonly string[]): Promise<Said> => {
  let out = '';
  let error = '';
  const code = await run(typed, {
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    isWatched: false,
    columns: 120,
    environment,
  });
  return { code, out, error };
};

/** The same where no variable is set. */
export const amends = (...typed: readonly string[]): Promise<Said> => amendsIn({}, ...typed);
