import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Runs a script in a process of its own and gives the JSON that it printed; `flags` are those of Node. Rejects where it fails. */
export const script = async (at: URL, args: readonly (string | number)[] = [], flags: readonly string[] = []): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, fileURLToPath(at), ...args.map(String)]);
  return stdout === '' ? undefined : JSON.parse(stdout);
};
