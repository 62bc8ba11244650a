import { CommanderError } from 'commander';
import { AmendsError } from '../happenings/errors.ts';
import type { ExitCode } from './exit-codes.ts';
import { EndWith, exitCodes } from './exit-codes.ts';
import { programFor } from './program.ts';
import type { Terminal } from './terminal.ts';

const told = (error: AmendsError, terminal: Terminal, asJson: boolean): ExitCode => {
  if (asJson) terminal.out(`${JSON.stringify({ error: { code: error.code, details: error.details } })}\n`);
  terminal.error(`${error.message}\n`);
  return exitCodes.mistakes;
};

/**
 * Runs what was typed after `amends` and gives the exit code; never throws. With `--json` a mistake is told as a JSON
 * document too, so that a script always finds one.
 */
export const run = async (typed: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const program = programFor(terminal);
  try {
    if (typed.length === 0) program.outputHelp();
    else await program.parseAsync(typed, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof EndWith) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof AmendsError) return told(error, terminal, typed.includes('--json'));
    terminal.error(
      `This is a mistake of Amends, not yours; please report it with what you typed.\n${error instanceof Error ? error.stack : String(error)}\n`,
    );
    return exitCodes.internal;
  }
};
