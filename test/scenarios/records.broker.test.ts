import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import type { Command } from '../../src/topics/remedies.ts';
import { remedies } from '../../src/topics/remedies.ts';
import { instant, secondMs } from '../../src/values/time.ts';
import { describeBroker } from '../broker/describe-broker.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { Installation, untilConcluded } from '../cli/service/installation.ts';
import { amends } from '../cli/terminal.ts';
import { importInto, olistHistory } from '../lab/replay/olist-history.ts';
import { valuesOf } from '../lab/replay/replaying.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';

const data = process.env['AMENDS_DATA'];
const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const shippedPolicy = fileOf('deploy/policy.yaml');
const demoPolicy = fileOf('examples/demo-policy.yaml');
const tasks = 3 * 6;

/** What counts of a command: which one, of what kind, and how much. */
const gist = (command: Command): string => {
  const amounts = 'components' in command ? command.components.map(({ money }) => money.amountMinor) : [];
  return JSON.stringify([
    command.id,
    command.kind,
    amounts.reduce((sum, amount) => sum + amount, 0),
    'money' in command ? command.money : null,
  ]);
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** An event file as three, cut at two times. */
const chaptersOf = (file: string, [first, second]: readonly [string, string]): readonly [string, string, string] => {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const timeOf = (line: string): string => isoOf(Date.parse((JSON.parse(line) as { readonly timestamp: string }).timestamp));
  const folder = temporaryFolder();
  const write = (name: string, wanted: (time: string) => boolean): string => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.filter((line) => wanted(timeOf(line))).join('\n')}\n`);
    return path;
  };
  return [
    write('one.ndjson', (time) => time < first),
    write('two.ndjson', (time) => time >= first && time < second),
    write('three.ndjson', (time) => time >= second),
  ];
};

describeBroker('a history on a real broker, run by three processes of which one is stopped and one killed', ({ brokers }) => {
  let installation: Installation | undefined;
  afterEach(async () => {
    await installation?.remove();
  });

  /** Publishes and runs a history as a person would: the commands that come of it, and those of its replay. */
  const publishedAndReplayed = async (
    file: string,
    policy: string,
    until: string,
  ): Promise<{ readonly ordered: readonly string[]; readonly replayed: readonly string[] }> => {
    const out = join(temporaryFolder(), 'replayed');
    expect((await amends('replay', file, '--policy', policy, '--until', until, '--out', out)).code).toBe(0);
    const expected = Object.values(remedies).flatMap(({ name }) => valuesOf(out, name) as readonly Command[]);
    const decidedAt = expected.map((command) => command.decidedAt).toSorted((a, b) => a - b);
    const replayed = expected.map(gist).toSorted();
    expect(replayed.length).toBeGreaterThan(20);

    const on = new Installation(brokers);
    installation = on;
    expect((await on.type('topics', 'create', '--time', 'records', '--partitions', String(tasks / 3))).code).toBe(0);
    const options = ['--time', 'records', '--act', '--policy', policy];
    const [stopped, killed, left] = [on.start(...options), on.start(...options), on.start(...options)];
    const all = [stopped, killed, left];
    await waitUntil('all three are up', async () => (await Promise.all(all.map((one) => one.ready()))).every(({ ready }) => ready));

    // In three chapters, by when commands were decided: what is not told yet can't be over before a process ends.
    const [first, second] = [0.3, 0.6].map((share) => isoOf(decidedAt[Math.floor(share * decidedAt.length)] ?? 0));
    const [one, two, three] = chaptersOf(file, [first ?? '', second ?? '']);
    const publish = async (chapter: string, ...more: readonly string[]): Promise<void> => {
      expect(await on.type('publish', chapter, '--json', ...more)).toMatchObject({ code: 0 });
    };
    await publish(one, '--armed', policy, '--until', first ?? '');
    await waitUntil('something is ordered', async () => (await on.commands()).length > 0, 60_000);
    expect({ code: await stopped.end('SIGTERM'), told: stopped.told.at(-1) }).toMatchObject({
      code: 0,
      told: expect.stringContaining('ServiceStopped'),
    });
    const before = await killed.sumOf('amends_records_consumed_total');
    const publishing = publish(two, '--append', '--until', second ?? '');
    await waitUntil('the second is at work', async () => (await killed.sumOf('amends_records_consumed_total')) > before, 60_000);
    expect(await killed.end('SIGKILL')).toBeNull();
    await publishing;
    expect((await on.commands()).length).toBeLessThan(replayed.length);
    await publish(three, '--append', '--until', until);
    // All tasks are the third one's then, and each has concluded everything before the end.
    await untilConcluded(left, tasks, instant(Date.parse(until) - secondMs), 100_000);
    const ordered = (await on.commands()).map(gist).toSorted();

    const [id] = JSON.parse(ordered[0] ?? '[]') as readonly [string];
    expect(await on.type('explain', id)).toMatchObject({ code: 0, out: expect.stringContaining(`command ${id}: 1 problem`) });
    expect(await left.end('SIGTERM')).toBe(0);
    return { ordered, replayed };
  };

  it('gives the same commands as its replay: generated orders in the Olist format', { timeout: 180_000 }, async () => {
    const file = await olistHistory({ seed: 7, orders: 1_000 });
    const { ordered, replayed } = await publishedAndReplayed(file, shippedPolicy, '2018-09-01T00:00:00.000Z');
    expect(ordered).toEqual(replayed);
  });

  it("gives the same commands as its replay: the demo's parcels and films", { timeout: 180_000 }, async () => {
    const file = join(temporaryFolder(), 'week.ndjson');
    const { out } = await amends('demo', '--export', file, '--parcels', '1000', '--seed', '11', '--json');
    const { until } = JSON.parse(out) as { readonly until: string };
    const { ordered, replayed } = await publishedAndReplayed(file, demoPolicy, until);
    expect(ordered).toEqual(replayed);
  });

  it.skipIf(data === undefined)('gives the same commands as its replay: the real Olist orders', { timeout: 240_000 }, async () => {
    const file = await importInto(temporaryFolder(), join(data ?? '', 'olist'));
    const { ordered, replayed } = await publishedAndReplayed(file, shippedPolicy, '2018-11-01T00:00:00.000Z');
    expect(ordered).toEqual(replayed);
  });
});
