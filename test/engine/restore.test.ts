import { describe, expect, it } from 'vitest';
import type { Log } from '../../src/engine/log.ts';
import { MemoryStore } from '../../src/engine/memory-store.ts';
import { mustBeItsFirstLife } from '../../src/engine/must-be-its-first-life.ts';
import { progressRecord } from '../../src/engine/progress.ts';
import { restore } from '../../src/engine/restore.ts';
import type { Table } from '../../src/engine/stage.ts';
import { progressTopic } from '../../src/engine/topics.ts';
import { EmbeddedBroker } from '../../src/log/memory/embedded-broker.ts';
import { realClock } from '../../src/values/clock.ts';
import { instant, never } from '../../src/values/time.ts';
import { altered } from './support/altered.ts';

const table: Table<unknown> = { name: 'rows', version: 1, upcast: (_, stored) => stored, wakeAt: () => undefined };
const tables = new Map([[table.name, table]]);
const topic = 'app-stage-changelog';

const opened = async (): Promise<{
  readonly broker: EmbeddedBroker;
  readonly log: Log;
  readonly write: (key: string, value: string | null) => Promise<void>;
  readonly restored: (log?: Log) => Promise<MemoryStore>;
}> => {
  const broker = new EmbeddedBroker({ clock: realClock });
  broker.createTopic(topic, { partitions: 1 });
  const log = broker.connect({ name: 'one' });
  const { id } = await log.describe(topic);
  return {
    broker,
    log,
    write: async (key, value) => {
      await log.append([
        { topic, partition: 0, key: Buffer.from(key), value: value === null ? null : Buffer.from(value), timestamp: instant(1) },
      ]);
    },
    restored: (through = log) =>
      restore(through, { topic, partition: 0, id }, new MemoryStore(), tables, new AbortController().signal, () => {}),
  };
};

describe('a state that is restored', () => {
  it('passes by what could not be read and was written over, and has the row that was written last', async () => {
    const { write, restored } = await opened();
    await write('rows a', '[1,0,"first"]');
    await write('rows a', 'not JSON');
    await write('none of ours', '{}');
    await write('rows a', '[1,0,"last"]');
    await write('none of ours', null);
    const store = await restored();
    expect({ rows: store.size, applied: store.appliedOffset }).toEqual({ rows: 1, applied: 5 });
  });

  it.each([
    ['not JSON', 'AMENDS_CHANGELOG_UNREADABLE'],
    ['[2,0,"newer"]', 'AMENDS_CHANGELOG_NEWER'],
  ])('stops at %s that nothing was written over, also in the middle, and names its place', async (value, code) => {
    const { write, restored } = await opened();
    await write('rows a', '[1,0,"first"]');
    await write('rows b', value);
    await write('rows a', '[1,0,"last"]');
    await expect(restored()).rejects.toMatchObject({ code, message: expect.stringContaining(`${topic}/0@1: `) });
  });

  it('is not waited for where its topic was created again meanwhile', async () => {
    const { log, broker, write, restored } = await opened();
    for (const key of ['a', 'b', 'c']) await write(`rows ${key}`, '[1,0,"x"]');
    const through = altered(log, {
      // The ends are known, and nothing is read yet.
      read: () => {
        broker.deleteTopic(topic);
        broker.createTopic(topic, { partitions: 1 });
        return log.read();
      },
    });
    await expect(restored(through)).rejects.toMatchObject({ code: 'AMENDS_CHANGELOG_LOST' });
  });

  it('is not begun anew where the task has told its progress before, under a changelog of this name', async () => {
    const { log, broker } = await opened();
    broker.createTopic(progressTopic, { partitions: 1 });
    const task = { stage: 'stage', partition: 0 };
    const first = (id: string, of = topic): Promise<void> => mustBeItsFirstLife(log, task, { topic: of, id }, new AbortController().signal);
    await expect(first('now')).resolves.toBeUndefined();
    await log.append([progressRecord(task, { topic, id: 'before' }, { clock: never, read: never }, 1, instant(1))]);
    await expect(first('before')).resolves.toBeUndefined();
    await expect(first('now', 'another-app-stage-changelog')).resolves.toBeUndefined();
    await expect(first('now')).rejects.toMatchObject({ code: 'AMENDS_CHANGELOG_LOST' });
  });
});
