import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReplayOptions } from '../../../src/lab/replay/replay.ts';
import { replay } from '../../../src/lab/replay/replay.ts';
import type { Issue } from '../../../src/topics/issues.ts';
import { instant } from '../../../src/values/time.ts';
import { olistFolder, olistOrders, orderRow } from '../importers/olist-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { historyOf, olistHistory } from './olist-history.ts';
import { digestsOf, linesOf, policy, replayInto, valuesOf } from './replaying.ts';

const run = (file: string, options: Partial<ReplayOptions> = {}) => replayInto(temporaryFolder(), file, options);

/** One order, promised for 2018-03-20, two items; `delivered` says when it came. */
const oneOrder = (delivered: string): Promise<string> =>
  historyOf(
    olistOrders(
      [orderRow({ delivered, status: delivered === '' ? 'shipped' : 'delivered' })],
      ['o1,1,p1,s1,,100.00,20.00', 'o1,2,p1,s1,,50.00,10.00'],
    ),
  );
const later = instant(Date.UTC(2018, 8, 1));

describe('a replay', () => {
  it('gives the same bytes over 1, 3 and 8 partitions, 1 and 3 processes, and whatever the chunks', async () => {
    const seed = 7;
    const file = await olistHistory({ seed, orders: 150 });
    const until = instant(Date.UTC(2018, 6, 1));
    const first = await run(file, { partitions: 1, until });
    expect(first.held).toEqual([]);
    expect({ seed, commands: first.summary.commands }).toHaveProperty('commands.refund');
    const expected = digestsOf(first.out);
    for (const split of [
      { partitions: 3 },
      { partitions: 8 },
      { partitions: 3, processes: 3 },
      { partitions: 8, chunkRecords: 17 },
      { partitions: 1, processes: 3, chunkRecords: 40 },
    ]) {
      const again = await run(file, { ...split, until });
      expect({ seed, split, files: digestsOf(again.out) }).toEqual({ seed, split, files: expected });
    }
  });

  it('gives the same bytes for a history that is out of order, sorting it and saying so', async () => {
    const file = await historyOf(olistFolder());
    const sorted = await run(file, { until: later });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    writeFileSync(file, lines.toReversed().join('\n'));
    const shuffled = await run(file, { until: later });
    expect(shuffled.summary.records.inOrder).toBe(false);
    expect({ ...shuffled.summary, records: sorted.summary.records }).toEqual(sorted.summary);
  });

  it('orders nothing for a parcel that came on its promised day', async () => {
    const { summary } = await run(await oneOrder('2018-03-20 23:59:59'), { until: later });
    expect(summary.commands).toEqual({});
  });

  it('orders a remedy for a parcel that never came, once the deadlines have passed, and none before', async () => {
    const file = await oneOrder('');
    expect((await run(file)).summary.commands).toEqual({});
    const { summary, out } = await run(file, { until: later });
    expect(summary.commands).toHaveProperty('refund');
    expect(summary.customersHelped).toBe(1);
    expect(linesOf(out, 'remedy.refunds')).toHaveLength(summary.commands['refund']?.count ?? 0);
  });

  it('leaves out what happened at or after its end', async () => {
    const file = await historyOf(olistFolder());
    const { summary } = await run(file, { until: instant(Date.UTC(2018, 2, 10, 18, 30)) });
    expect(summary.records).toMatchObject({ read: { 'delivery.promises': 1, 'delivery.tracking': 1 }, leftOut: 1 });
    expect(summary.until).toBe('2018-03-10T18:30:00.000Z');
  });

  it('names evidence by the lines of the history', async () => {
    const file = await oneOrder('');
    const { out } = await run(file, { until: later, partitions: 8 });
    const history = readFileSync(file, 'utf8').split('\n');
    const [issue] = valuesOf(out, 'amends.issues') as readonly Issue[];
    expect(issue?.finding.evidence.length).toBeGreaterThan(0);
    for (const { topic, partition, offset } of issue?.finding.evidence ?? []) {
      expect(partition).toBe(0);
      expect(JSON.parse(history[offset - 1] ?? '')).toMatchObject({ topic, key: issue?.subject });
    }
  });

  it('refuses a file with bad lines, all listed, and writes nothing', async () => {
    const file = await historyOf(olistFolder());
    writeFileSync(file, `${readFileSync(file, 'utf8')}{\n{"topic":"weather","key":"k","value":1,"timestamp":0}\n`);
    const out = join(temporaryFolder(), 'out');
    await expect(replay({ file, policy, out })).rejects.toMatchObject({
      code: 'AMENDS_FILE_BAD_LINES',
      details: [expect.stringMatching(/:4: not JSON/), expect.stringMatching(/:5: unknown topic "weather"; known are delivery\.promises/)],
    });
  });

  it('goes on without bad lines when told to, and counts them', async () => {
    const file = await historyOf(olistFolder());
    writeFileSync(file, `${readFileSync(file, 'utf8')}{\n`);
    const { summary, skipped } = await run(file, { skipBad: true });
    expect(summary.records).toMatchObject({ badLines: 1, read: { 'delivery.promises': 1, 'delivery.tracking': 2 } });
    expect(skipped).toEqual([expect.stringMatching(/:4: not JSON/)]);
  });

  it('takes a record that its topic refuses to the dead letters, whole, with its line', async () => {
    const file = await historyOf(olistFolder());
    const bad = {
      topic: 'delivery.tracking',
      key: 'olist:o1:1',
      valueBase64: Buffer.from('{"sta').toString('base64'),
      timestamp: '2018-03-05T00:00:00Z',
    };
    writeFileSync(file, `${readFileSync(file, 'utf8')}${JSON.stringify(bad)}\n`);
    const { summary, out } = await run(file);
    expect(summary.deadLetters).toEqual({ AMENDS_RECORD_NOT_JSON: 1 });
    expect(linesOf(out, 'amends.dead-letters').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { key: 'olist:o1:1', valueBase64: bad.valueBase64, headers: { '__streams.errors.partition': '0', '__streams.errors.offset': '4' } },
    ]);
  });

  it("says what was held where a record has no key, for it may be anybody's scan", async () => {
    const file = await oneOrder('');
    const keyless = { topic: 'delivery.tracking', key: null, value: { status: 'delivered' }, timestamp: '2018-03-05T00:00:00Z' };
    writeFileSync(file, `${readFileSync(file, 'utf8')}${JSON.stringify(keyless)}\n`);
    const { held, summary } = await run(file, { until: later, partitions: 1 });
    expect(held).toEqual([expect.stringContaining('has no key')]);
    expect(summary.commands).toEqual({});
  });

  it('holds both a parcel whose scan came under the key of another and that other, the same over any split', async () => {
    const file = await oneOrder('');
    const promises = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('delivery.promises'))
      .map(
        (line) => JSON.parse(line) as { readonly value: { readonly carrier: string; readonly number: string; readonly shipment: string } },
      );
    expect(promises.length).toBeGreaterThan(0);
    const history = readFileSync(file, 'utf8').trimEnd();
    const other = { carrier: 'another', number: 'parcel', shipment: 'one' };
    const keyOf = ({ carrier, number, shipment }: typeof other): string => `${carrier}:${number}:${shipment}`;
    for (const isKeyWrong of [true, false]) {
      const mistaken = promises.map(({ value: { carrier, number, shipment } }) => {
        const late = { carrier, number, shipment };
        const [key, about] = isKeyWrong ? [other, late] : [late, other];
        const value = { ...about, observedAt: '2018-03-05T00:00:00Z', status: 'delivered' };
        return { topic: 'delivery.tracking', key: keyOf(key), value, timestamp: '2018-03-05T00:00:00Z' };
      });
      writeFileSync(file, [history, ...mistaken.map((record) => JSON.stringify(record)), ''].join('\n'));
      for (const [partitions, processes] of [
        [1, 1],
        [3, 1],
        [8, 3],
      ] as const) {
        const { summary } = await run(file, { until: later, partitions, processes });
        expect(Object.keys(summary.commands)).not.toContain('refund');
        expect(summary.deadLetters).toEqual({ AMENDS_KEY_MISMATCH: promises.length });
      }
    }
  });

  it('moves no money once the history says stop', async () => {
    const file = await oneOrder('');
    const stop = { scope: 'fleet', state: 'stopped', by: 'a lead', why: 'a test', at: '2018-03-05T00:00:00Z', latch: 2 };
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}${JSON.stringify({ topic: 'amends.controls', key: 'stopped/fleet', value: stop, timestamp: stop.at })}\n`,
    );
    const { summary } = await run(file, { until: later });
    expect(Object.keys(summary.commands)).not.toContain('refund');
    expect(summary.decisions).toHaveProperty('held');
  });

  it('does not mix its result with what a folder already has, unless it is told to replace it', async () => {
    const file = await historyOf(olistFolder());
    const { out } = await run(file);
    await expect(replay({ file, policy, out })).rejects.toMatchObject({ code: 'AMENDS_FOLDER_NOT_EMPTY' });
    await expect(replay({ file, policy, out, force: true })).resolves.toHaveProperty('held', []);
  });

  it('of nothing is nothing, file by file', async () => {
    const file = join(temporaryFolder(), 'empty.ndjson');
    writeFileSync(file, '');
    const { out, summary } = await run(file);
    expect(summary).toMatchObject({ records: { read: {}, first: null }, commands: {} });
    expect(readdirSync(out)).toContain('remedy.refunds.ndjson');
  });

  it('says how far it has come', async () => {
    const file = await olistHistory({ seed: 3, orders: 20 });
    const told: (readonly [number, number])[] = [];
    await run(file, { chunkRecords: 10, progress: (done, total) => told.push([done, total]) });
    expect(told.at(-1)?.[0]).toBe(told.at(-1)?.[1]);
    expect(told.length).toBeGreaterThan(2);
  });
});
