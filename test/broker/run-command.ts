import { execFile } from 'node:child_process';

/** What a program printed on both streams. Throws when it is missing or fails, with the end of what it said. */
export const runCommand = (program: string, args: readonly string[], options: { readonly timeoutMs: number }): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { timeout: options.timeoutMs, maxBuffer: 16 * 1024 * 1024 }, (error, out, said) => {
      if (error) reject(new Error(`${program} ${args[0] ?? ''}: ${tail(said) || tail(out) || error.message}`, { cause: error }));
      else resolve(`${out}${said}`);
    });
  });

const tail = (text: string): string => text.trim().split('\n').slice(-5).join('\n');
