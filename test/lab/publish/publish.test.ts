import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../src/engine/log.ts';
import type { PublishOptions, Published } from '../../../src/lab/publish/publish.ts';
import { publish } from '../../../src/lab/publish/publish.ts';
import { DrivenClock } from '../../../src/values/clock.ts';
import { tickHeader } from '../../../src/values/record.ts';
import { instant } from '../../../src/values/time.ts';
import { Fleet } from '../../../src/lab/replay/fleet.ts';
import { silence } from '../../../src/happenings/happening.ts';
import { olistFolder } from '../importers/olist-folder.ts';
import { historyOf, olistHistory } from '../replay/olist-history.ts';
import { policy, replayInto, valuesOf } from '../replay/replaying.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { application, brokerForRecords, stages } from './support.ts';

const now = instant(Date.UTC(2026, 10, 22));

describe('publishing a history', () => {
  let on = brokerForRecords(new DrivenClock(now));
  let log: Log;
  beforeEach(() => {
    on = brokerForRecords(new DrivenClock(now));
    log = on.broker.connect({ name: 'publish' });
  });
  const run = (file: string, more: Partial<PublishOptions> = {}): Promise<Published> =>
    publish({ file, log, describeTopics: on.describeTopics, application, stages, now, ...more });
  const ticksOf = (topic: string, partition?: number) =>
    on.broker.records(topic, partition).filter((record) => record.headers().has(tickHeader));

  it('gives each partition its records in order of time, each at its own', async () => {
    const file = await olistHistory({ seed: 5, orders: 40 });
    writeFileSync(file, readFileSync(file, 'utf8').trimEnd().split('\n').toReversed().join('\n'));
    const { records, inOrder } = await run(file);
    expect(inOrder).toBe(false);
    for (const [topic, count] of Object.entries(records)) {
      expect(on.broker.records(topic).length - ticksOf(topic).length).toBe(count);
      for (let partition = 0; partition < 3; partition += 1) {
        const times = on.broker.records(topic, partition).map(({ timestamp }) => timestamp);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }
    }
  });

  it('ends by telling every partition of every outside input that time has come to the end, the empty ones too', async () => {
    const until = instant(Date.UTC(2018, 8, 1));
    const { ticks } = await run(await historyOf(olistFolder()), { until });
    for (const topic of ['delivery.promises', 'delivery.tracking', 'streaming.playback', 'streaming.purchases', 'order.adjustments'])
      for (let partition = 0; partition < 3; partition += 1)
        expect(ticksOf(topic, partition).at(-1)).toMatchObject({ key: null, value: null, timestamp: until });
    expect(ticksOf('amends.controls').at(-1)?.key?.toString()).toBe(tickHeader);
    expect(ticks.partitions).toBe(16);
  });

  it('tells the time on the way, so that who works it off need not wait for the end', async () => {
    const { ticks } = await run(await olistHistory({ seed: 5, orders: 4_000 }));
    expect(ticks.times).toBeGreaterThan(2);
  });

  it('arms the policy before the first record, and only where it is told to', async () => {
    const file = await historyOf(olistFolder());
    await run(file, { armed: { policyHash: policy.hash, latch: 3 } });
    const [armed] = on.broker.records('amends.controls');
    const [first] = on.broker.records('delivery.promises').toSorted((a, b) => a.timestamp - b.timestamp);
    expect(JSON.parse(armed?.value?.toString() ?? '')).toMatchObject({ state: 'armed', policy: policy.hash, latch: 3 });
    expect(armed?.timestamp).toBe((first?.timestamp ?? 0) - 1);
    on = brokerForRecords(new DrivenClock(now));
    log = on.broker.connect({ name: 'publish' });
    await run(file);
    expect(on.broker.records('amends.controls').filter(({ value }) => value !== null)).toEqual([]);
  });

  it('gives the commands that a replay gives, worked off by engines of its own', async () => {
    const seed = 11;
    const file = await olistHistory({ seed, orders: 120 });
    const until = instant(Date.UTC(2018, 8, 1));
    await run(file, { until, armed: { policyHash: policy.hash, latch: 1 } });
    const clock = new DrivenClock(now);
    const logs = [0, 1].map((index) => on.broker.connect({ name: `run-${index}` }));
    const fleet = await Fleet.start({ application, stages, partitions: 3, logs, clock, telemetry: silence });
    expect(await fleet.reach(until)).toEqual([]);
    await fleet.stop();
    const { out, summary } = await replayInto(temporaryFolder(), file, { until });
    const replayed = valuesOf(out, 'remedy.refunds') as readonly { readonly id: string; readonly money: unknown }[];
    const published = on.broker
      .records('remedy.refunds')
      .map(({ value }) => JSON.parse(value?.toString() ?? '') as (typeof replayed)[number]);
    const inOrder = (refunds: typeof replayed) => refunds.map(({ id, money }) => JSON.stringify({ id, money })).toSorted();
    expect({ seed, count: summary.commands['refund']?.count }).not.toEqual({ seed, count: undefined });
    expect({ seed, refunds: inOrder(published) }).toEqual({ seed, refunds: inOrder(replayed) });
  });

  it('refuses topics that hold records, and goes on behind them only where it is told to', async () => {
    const file = await historyOf(olistFolder());
    await run(file);
    await expect(run(file)).rejects.toMatchObject({
      code: 'AMENDS_TOPIC_NOT_EMPTY',
      details: expect.arrayContaining([expect.stringMatching(/^delivery\.tracking: \d+ records$/)]),
    });
    await expect(run(file, { append: true })).resolves.toMatchObject({ badLines: 0 });
  });

  it('refuses topics that are missing, and names the verb that creates them', async () => {
    on.kept.delete('streaming.playback');
    await expect(run(await historyOf(olistFolder()))).rejects.toThrow(
      /AMENDS_TOPIC_MISSING[^]*streaming\.playback[^]*topics create --time records/,
    );
  });

  it('refuses topics that would lose the history, and writes nothing', async () => {
    on.kept.set('delivery.tracking', { partitions: 3, configs: new Map([['retention.ms', '604800000']]) });
    await expect(run(await historyOf(olistFolder()))).rejects.toMatchObject({
      code: 'AMENDS_TOPIC_UNFIT',
      details: [expect.stringContaining('delivery.tracking: retention.ms is 604800000')],
    });
    expect(on.broker.records('delivery.promises')).toEqual([]);
  });

  it('refuses a file with bad lines before it writes anything, unless it is told to go on without them', async () => {
    const file = await historyOf(olistFolder());
    writeFileSync(file, `${readFileSync(file, 'utf8')}{\n`);
    await expect(run(file)).rejects.toMatchObject({ code: 'AMENDS_FILE_BAD_LINES' });
    expect(on.broker.records('delivery.promises')).toEqual([]);
    expect(await run(file, { skipBad: true })).toMatchObject({ badLines: 1, skipped: [expect.stringMatching(/not JSON/)] });
  });

  it('says how much is there where the log fails half way', async () => {
    const file = await olistHistory({ seed: 5, orders: 1_000 });
    let appends = 0;
    log = on.broker.connect({ name: 'publish', faults: async (point) => (point === 'produce' && ++appends > 1 ? 'refuse' : 'none') });
    await expect(run(file)).rejects.toMatchObject({
      code: 'AMENDS_PUBLISH_BROKEN_OFF',
      details: [expect.stringMatching(/^1000 of \d+ records are published, and perhaps up to 1000 more/), expect.anything()],
    });
  });

  it('leaves out what is at or after its end', async () => {
    const until = instant(Date.UTC(2018, 2, 10, 18, 30));
    expect(await run(await historyOf(olistFolder()), { until })).toMatchObject({
      records: { 'delivery.promises': 1, 'delivery.tracking': 1 },
      leftOut: 1,
    });
  });
});
