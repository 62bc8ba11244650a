import { beforeEach, describe, expect, it } from 'vitest';
import { partitionsOf, readToEnd } from '../../src/cli/read-to-end.ts';
import type { Ends } from '../../src/engine/log.ts';
import { EmbeddedBroker } from '../../src/log/memory/embedded-broker.ts';
import type { EmbeddedLog } from '../../src/log/memory/embedded-log.ts';
import { DrivenClock, realClock } from '../../src/values/clock.ts';
import { after, instant } from '../../src/values/time.ts';

const topic = 't';

describe('reading to the end', () => {
  let broker: EmbeddedBroker;
  let log: EmbeddedLog;
  beforeEach(() => {
    broker = new EmbeddedBroker({ clock: new DrivenClock(instant(0)) });
    broker.createTopic(topic, { partitions: 2 });
    log = broker.connect({ name: 'reader' });
  });
  const write = async (partition: number, ...values: readonly string[]): Promise<void> => {
    await log.append(values.map((value) => ({ topic, partition, key: null, value: Buffer.from(value), timestamp: instant(0) })));
  };
  const read = async (from?: (ends: Ends) => number): Promise<readonly string[]> => {
    const values: string[] = [];
    for await (const records of readToEnd(log, realClock, await partitionsOf(log, topic), from ? { from } : {}))
      values.push(...records.map(({ value }) => value?.toString() ?? ''));
    return values;
  };

  it('gives all committed records of each partition in order, and ends', async () => {
    await write(0, 'a', 'b');
    await write(1, 'c');
    const open = broker.openTransaction();
    open.append([{ topic, partition: 1, key: null, value: Buffer.from('open'), timestamp: instant(0) }]);
    const values = await read();
    expect(values.toSorted()).toEqual(['a', 'b', 'c']);
    expect(values.indexOf('a')).toBeLessThan(values.indexOf('b'));
  });

  it('ends at once where there is nothing, and past what was aborted', async () => {
    expect(await read()).toEqual([]);
    const open = broker.openTransaction();
    open.append([{ topic, partition: 0, key: null, value: Buffer.from('gone'), timestamp: instant(0) }]);
    open.abort();
    expect(await read()).toEqual([]);
  });

  it('begins where it is told, and never before the first that is kept', async () => {
    await write(0, 'a', 'b', 'c');
    expect(await read(({ high }) => high - 1)).toEqual(['c']);
    broker.trim([{ topic, partition: 0, offset: 1 }]);
    expect(await read(() => 0)).toEqual(['b', 'c']);
  });

  it('says how far it has come', async () => {
    await write(0, 'a', 'b');
    const told: (readonly [number, number])[] = [];
    for await (const _ of readToEnd(log, realClock, await partitionsOf(log, topic), { progress: (...so) => told.push(so) }));
    expect(told.at(-1)).toEqual([2, 2]);
  });

  it('gives up a log that has fallen silent', async () => {
    await write(0, 'a');
    let now = instant(0);
    const clock = { ...realClock, now: () => (now = after(now, 1_000)) };
    const reader = log.read();
    reader.poll = () => Promise.resolve([]);
    log.read = () => reader;
    const reading = readToEnd(log, clock, [{ topic, partition: 0 }]);
    await expect(reading.next()).rejects.toMatchObject({ code: 'AMENDS_BROKER_UNREACHABLE', details: [expect.stringContaining('t/0')] });
  });
});
