import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../lab/temporary-folder.ts';
import { amends } from '../terminal.ts';

it('the world of the demo is an event file in order of time, the same for the same seed, and a replay leaves nothing held', async () => {
  const folder = temporaryFolder();
  const [file, again] = [join(folder, 'world.ndjson'), join(folder, 'again.ndjson')];
  const said = await amends('demo', '--export', file, '--parcels', '150', '--seed', '5', '--json');
  const told = JSON.parse(said.out) as { readonly until: string; readonly records: Readonly<Record<string, number>> };
  await amends('demo', '--export', again, '--parcels', '150', '--seed', '5');
  expect(readFileSync(again, 'utf8')).toBe(readFileSync(file, 'utf8'));
  const out = join(folder, 'result');
  const policy = join(import.meta.dirname, '../../../examples/demo-policy.yaml');
  const replayed = await amends('replay', file, '--policy', policy, '--until', told.until, '--out', out, '--json');
  expect(JSON.parse(replayed.out)).toMatchObject({ held: [], records: { read: told.records, inOrder: true, leftOut: 0 } });
});
