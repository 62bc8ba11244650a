import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventLine } from '../../src/lab/event-file.ts';
import { readEvents, writeEvents } from '../../src/lab/event-file.ts';
import type { EventRecord } from '../../src/lab/event-record.ts';
import { maxLineBytes } from '../../src/lab/lines.ts';
import { instant } from '../../src/values/time.ts';
import { temporaryFolder } from './temporary-folder.ts';

const record = (number: number, text = ''): EventRecord => ({
  topic: 't',
  key: String(number),
  value: { json: { text } },
  headers: {},
  timestamp: instant(number),
});

const readAll = async (path: string): Promise<readonly EventLine[]> => {
  const all: EventLine[] = [];
  for await (const lines of readEvents(path)) all.push(...lines);
  return all;
};

const fileWith = (content: string | Buffer): string => {
  const path = join(temporaryFolder(), 'events.ndjson');
  writeFileSync(path, content);
  return path;
};

describe('an event file', () => {
  it('reads back what was written, with line numbers from 1, across the chunks it is read in', async () => {
    const path = join(temporaryFolder(), 'events.ndjson');
    const records = Array.from({ length: 3_000 }, (_, index) => record(index, 'ä'.repeat(400)));
    await writeEvents(path, records);
    const lines = await readAll(path);
    expect(lines.map((line) => ('record' in line ? line.record : line.reason))).toEqual(records);
    expect(lines.map(({ number }) => number)).toEqual(records.map((_, index) => index + 1));
  });

  it('tells where each line lies in the file, so that it can be read again', async () => {
    const path = fileWith('{"ä":1}\n\n[2]\n');
    const bytes = readFileSync(path);
    const lines = await readAll(path);
    expect(lines.map(({ offset, length }) => bytes.subarray(offset, offset + length).toString())).toEqual(['{"ä":1}', '[2]']);
  });

  it('counts blank lines, but has no record for them', async () => {
    const lines = await readAll(fileWith('\r\n[1]\r\n  \n[2]'));
    expect(lines.map(({ number }) => number)).toEqual([2, 4]);
  });

  it('is read without the mark that some editors put at its beginning', async () => {
    const line = JSON.stringify({ topic: 't', key: 'k', value: 1, timestamp: 0 });
    const [first] = await readAll(fileWith(`\uFEFF${line}\n`));
    expect(first).toHaveProperty('record.key', 'k');
  });

  it('tells a line that is not UTF-8', async () => {
    const lines = await readAll(fileWith(Buffer.from([0x22, 0xff, 0x22, 0x0a, 0x31])));
    expect(lines).toMatchObject([{ number: 1, reason: 'not UTF-8' }, { number: 2 }]);
  });

  it('passes over a line beyond the limit and goes on with the next', async () => {
    const lines = await readAll(fileWith(`"${'x'.repeat(maxLineBytes)}"\n[1]\n`));
    expect(lines).toMatchObject([{ number: 1, reason: expect.stringContaining('longer than') }, { number: 2 }]);
  });

  it('tells a file that is not there', async () => {
    await expect(readAll('nowhere.ndjson')).rejects.toMatchObject({ code: 'AMENDS_FILE_UNREADABLE' });
  });

  it('appears whole or not at all', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'events.ndjson');
    const broken = (function* (): Generator<EventRecord> {
      yield record(1);
      throw new Error('the source broke off');
    })();
    await expect(writeEvents(path, broken)).rejects.toThrow('the source broke off');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
