import { beforeEach, describe, expect, it } from 'vitest';
import { permitOf } from '../../../src/care/controls/switch.ts';
import type { Turn } from '../../../src/care/controls/switch.ts';
import { foldControl } from '../../../src/care/controls/switch.ts';
import { standingAsData } from '../../../src/cli/switch/as-data.ts';
import { standingInWords } from '../../../src/cli/switch/in-words.ts';
import { readStanding } from '../../../src/cli/switch/standing.ts';
import { turnSwitch } from '../../../src/cli/switch/turn.ts';
import { EmbeddedBroker } from '../../../src/log/memory/embedded-broker.ts';
import type { EmbeddedLog } from '../../../src/log/memory/embedded-log.ts';
import { controlKey, controls } from '../../../src/topics/controls.ts';
import { realClock } from '../../../src/values/clock.ts';
import { tickHeader } from '../../../src/values/record.ts';
import { instant } from '../../../src/values/time.ts';

const clock = { ...realClock, wait: async () => {} };
const policy = 'a'.repeat(64);
const other = 'b'.repeat(64);
const arming = { state: 'armed', by: 'ana', why: 'checked', policy } as const;
const stopping = { state: 'stopped', by: 'ben', why: 'refunds look wrong' } as const;

describe('the switch', () => {
  let broker: EmbeddedBroker;
  let log: EmbeddedLog;
  beforeEach(() => {
    broker = new EmbeddedBroker({ clock });
    broker.createTopic(controls.name, { partitions: 1, compacted: true });
    log = broker.connect({ name: 'operator' });
  });
  /** What care makes of the topic, having read it from its first record on. */
  const money = (hash = policy): boolean => {
    const rows = new Map<string, Turn>();
    for (const record of broker.records(controls.name)) {
      const decoded = controls.decode(record);
      if (decoded.kind !== 'read') continue;
      const key = controlKey(decoded.value);
      const turn = foldControl(rows.get(key), decoded.value, record.timestamp, rows.get('armed/fleet'));
      if (turn) rows.set(key, turn);
    }
    return permitOf((_, key) => rows.get(key), hash).armed;
  };

  it('says that nobody has armed it where the topic is empty', async () => {
    const standing = await readStanding(log, clock);
    expect(standingInWords(standing)).toEqual([expect.stringMatching(/^Never armed\. No money moves/)]);
    expect(standingAsData(standing)).toMatchObject({ money: false, armed: null });
  });

  it('lets money move under the policy that it is armed for, and no other', async () => {
    const standing = await turnSwitch(log, clock, arming);
    expect([money(), money(other)]).toEqual([true, false]);
    expect(standingInWords(standing)[0]).toMatch(/^Armed by ana at .* UTC: checked$/);
    expect(standingInWords(standing, { file: 'other.yaml', hash: other }).at(-1)).toMatch(/^other\.yaml is another policy/);
    expect(standingAsData(standing, { file: 'other.yaml', hash: other }).policy).toMatchObject({ money: false });
  });

  it('stops it, says who and why, and lets it move again once it is armed anew', async () => {
    await turnSwitch(log, clock, arming);
    const stopped = await turnSwitch(log, clock, stopping);
    expect(money()).toBe(false);
    expect(standingInWords(stopped)[0]).toMatch(/^Stopped by ben at .* UTC: refunds look wrong$/);
    expect(standingAsData(stopped)).toMatchObject({ money: false, stopped: { by: 'ben' } });
    const armed = await turnSwitch(log, clock, arming);
    expect(money()).toBe(true);
    expect(armed.stopped).toBeUndefined();
  });

  it('can be stopped before it was ever armed', async () => {
    expect((await turnSwitch(log, clock, stopping)).stopped).toMatchObject({ by: 'ben' });
    expect(money()).toBe(false);
  });

  it('stops where two turn it at the same time, whoever comes first', async () => {
    await turnSwitch(log, clock, arming);
    await Promise.all([turnSwitch(log, clock, arming), turnSwitch(log, clock, stopping)]);
    expect(money()).toBe(false);
  });

  it('can be armed where the topic was deleted and created again', async () => {
    await turnSwitch(log, clock, arming);
    broker.deleteTopic(controls.name);
    broker.createTopic(controls.name, { partitions: 1, compacted: true });
    expect((await readStanding(log, clock)).armed).toBeUndefined();
    await turnSwitch(log, clock, arming);
    expect(money()).toBe(true);
  });

  it('counts on from what tasks may remember where the topic was emptied', async () => {
    await turnSwitch(log, clock, arming);
    const { nextLatch: before } = await turnSwitch(log, clock, stopping);
    broker.trim([{ topic: controls.name, partition: 0, offset: 2 }]);
    const { armed } = await turnSwitch(log, clock, arming);
    expect(armed?.latch).toBeGreaterThanOrEqual(before);
  });

  it('says that money is held while a record on its topic can not be read', async () => {
    await turnSwitch(log, clock, arming);
    const [record] = broker.records(controls.name);
    await log.append([{ topic: controls.name, partition: 0, key: record?.key ?? null, value: Buffer.from('{'), timestamp: instant(0) }]);
    const standing = await readStanding(log, clock);
    expect(standingInWords(standing).at(-1)).toMatch(/can't be read \(armed\/fleet\): all money is held/);
    expect(standingAsData(standing).money).toBe(false);
    expect((await turnSwitch(log, clock, arming)).unread).toEqual([]);
  });

  it('says that a topic of published history does not go by it', async () => {
    const headers = new Map([[tickHeader, Buffer.alloc(0)]]);
    await log.append([{ topic: controls.name, partition: 0, key: Buffer.from(tickHeader), value: null, timestamp: instant(0), headers }]);
    expect(standingInWords(await readStanding(log, clock)).at(-1)).toMatch(/published history/);
  });

  it('is written again where no broker confirmed it, and stands once', async () => {
    let lost = 0;
    const shaky = broker.connect({
      name: 'shaky',
      faults: async (point) => (point === 'produce' && (lost += 1) < 3 ? 'lose-answer' : 'none'),
    });
    await turnSwitch(shaky, clock, arming);
    expect(broker.records(controls.name).length).toBe(3);
    expect(money()).toBe(true);
  });

  it('says so where nobody ever confirmed it', async () => {
    const deaf = broker.connect({ name: 'deaf', faults: async (point) => (point === 'produce' ? 'refuse' : 'none') });
    await expect(turnSwitch(deaf, clock, stopping)).rejects.toMatchObject({ code: 'AMENDS_SWITCH_UNKNOWN' });
  });

  it('names its topic where that is missing', async () => {
    broker.deleteTopic(controls.name);
    await expect(turnSwitch(log, clock, stopping)).rejects.toMatchObject({ code: 'AMENDS_TOPIC_MISSING' });
  });
});
