import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Instant } from '../../src/values/time.ts';
import { instant } from '../../src/values/time.ts';
import { amends } from '../cli/terminal.ts';

const policy = fileURLToPath(new URL('../../examples/demo-policy.yaml', import.meta.url));

/** A history, and what one replay of it orders. */
export interface History {
  /** For the caller to remove. */
  readonly folder: string;
  readonly file: string;
  readonly records: number;
  readonly policy: string;
  readonly policyHash: string;
  readonly first: Instant;
  readonly until: Instant;
  /** The replay's folder: a file a topic. */
  readonly replayed: string;
}

const typed = async (...words: readonly string[]): Promise<unknown> => {
  const { code, out, error } = await amends(...words);
  if (code !== 0) throw new Error(`amends ${words.join(' ')}: ${error}`);
  return JSON.parse(out);
};

/** The demo's world of a seed, bad records and all, and its replay in a folder of its own. */
export const makeHistory = async (seed: number, parcels: number): Promise<History> => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-chaos-'));
  const file = join(folder, 'history.ndjson');
  const replayed = join(folder, 'replayed');
  const { until } = (await typed('demo', '--export', file, '--parcels', String(parcels), '--seed', String(seed), '--json')) as {
    readonly until: string;
  };
  const summary = (await typed('replay', file, '--policy', policy, '--until', until, '--out', replayed, '--json')) as {
    readonly policy: { readonly hash: string };
    readonly records: { readonly read: Readonly<Record<string, number>>; readonly first: string };
  };
  return {
    folder,
    file,
    records: Object.values(summary.records.read).reduce((sum, count) => sum + count, 0),
    policy,
    policyHash: summary.policy.hash,
    first: instant(Date.parse(summary.records.first)),
    until: instant(Date.parse(until)),
    replayed,
  };
};
