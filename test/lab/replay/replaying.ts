import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Replayed, ReplayOptions } from '../../../src/lab/replay/replay.ts';
import { replay } from '../../../src/lab/replay/replay.ts';
import { detectorSettings } from '../../../src/pipeline.ts';
import { readPolicy } from '../../../src/policy/read-policy.ts';

const policyFile = new URL('../../../deploy/policy.yaml', import.meta.url);

/** The policy that is delivered. */
export const policy = readPolicy(readFileSync(policyFile, 'utf8'), 'deploy/policy.yaml', detectorSettings);

/** Replays a file under that policy into a folder `out` in `home`. */
export const replayInto = async (
  home: string,
  file: string,
  options: Partial<ReplayOptions> = {},
): Promise<Replayed & { readonly out: string }> => {
  const out = join(home, 'out');
  return { out, ...(await replay({ file, policy, out, ...options })) };
};

/** Every file of a folder with the digest of its bytes. */
export const digestsOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );

/** The lines of a topic's file. */
export const linesOf = (folder: string, topic: string): readonly string[] =>
  readFileSync(join(folder, `${topic}.ndjson`), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** The values in a topic's file. */
export const valuesOf = (folder: string, topic: string): readonly unknown[] =>
  linesOf(folder, topic).map((line) => (JSON.parse(line) as { readonly value: unknown }).value);
