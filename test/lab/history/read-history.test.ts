import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BadLines } from '../../../src/lab/bad-lines.ts';
import { readHistory } from '../../../src/lab/history/read-history.ts';
import { survey } from '../../../src/lab/history/survey.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const fileOf = (lines: readonly string[]): string => {
  const path = join(temporaryFolder(), 'history.ndjson');
  writeFileSync(path, lines.join('\n'));
  return path;
};
const line = (key: string, timestamp: number, topic = 't'): string => JSON.stringify({ topic, key, value: 'ä', timestamp });

const read = async (path: string, isInOrder: boolean, chunkRecords = 2): Promise<readonly (readonly string[])[]> => {
  const chunks: string[][] = [];
  for await (const chunk of readHistory(path, { isInOrder, chunkRecords, wanted: ({ topic }) => topic === 't' }))
    chunks.push(chunk.map((record) => `${record.key ?? ''}@${record.line}`));
  return chunks;
};

describe('a first look at a history', () => {
  it('tells first and last, and that it is in order of time, equal times included', async () => {
    const path = fileOf([line('a', 5), line('b', 5), line('c', 7)]);
    const bad = new BadLines(path);
    expect(await survey(path, bad, () => undefined)).toMatchObject({ records: 3, first: 5, last: 7, isInOrder: true });
    expect(bad.count).toBe(0);
  });

  it('tells that it is out of order', async () => {
    const path = fileOf([line('a', 7), line('b', 5)]);
    expect(await survey(path, new BadLines(path), () => undefined)).toMatchObject({ first: 5, last: 7, isInOrder: false });
  });

  it('tells every bad line with its place and reason, and judges order by the others', async () => {
    const path = fileOf([line('a', 5), '{', line('b', 1, 'other'), line('c', 7)]);
    const bad = new BadLines(path);
    const surveyed = await survey(path, bad, ({ topic }) => (topic === 't' ? undefined : `unknown topic "${topic}"`));
    expect(surveyed).toMatchObject({ records: 2, first: 5, isInOrder: true });
    expect(bad.first).toEqual([
      expect.stringMatching(/history\.ndjson:2: not JSON/),
      expect.stringMatching(/history\.ndjson:3: unknown topic "other"/),
    ]);
  });

  it('lists the first fifty bad lines and counts the rest', async () => {
    const path = fileOf(Array.from({ length: 70 }, () => '[]'));
    const bad = new BadLines(path);
    await survey(path, bad, () => undefined);
    expect(bad.count).toBe(70);
    expect(bad.error().details).toHaveLength(51);
    expect(bad.error().details.at(-1)).toContain('and 20 more');
  });
});

describe('a history', () => {
  it('is read in chunks, with lines, without what is not wanted or can not be read', async () => {
    expect(await read(fileOf([line('a', 1), '{', line('b', 2), line('x', 2, 'other'), line('c', 3)]), true)).toEqual([
      ['a@1', 'b@3'],
      ['c@5'],
    ]);
  });

  it('that is out of order is sorted by time, and at one instant by line', async () => {
    const path = fileOf(['\uFEFF' + line('d', 9), line('b', 2), line('a', 1), '', line('c', 2), line('e', 9)]);
    expect(await read(path, false)).toEqual([['a@3', 'b@2'], ['c@5', 'd@1'], ['e@6']]);
  });
});
