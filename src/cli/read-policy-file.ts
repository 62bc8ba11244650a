import { readFile } from 'node:fs/promises';
import { AmendsError } from '../happenings/errors.ts';
import { detectorSettings } from '../pipeline.ts';
import { readPolicy } from '../policy/read-policy.ts';

/** The policy in a file. Throws AMENDS_FILE_UNREADABLE, AMENDS_POLICY_INVALID (all mistakes, each `file:line:column`). */
export const readPolicyFile = async (file: string): Promise<ReturnType<typeof readPolicy>> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AmendsError('AMENDS_FILE_UNREADABLE', [`${file}: ${error instanceof Error ? error.message : String(error)}`]);
  });
  return readPolicy(text, file, detectorSettings);
};
