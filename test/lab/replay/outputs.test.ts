import { describe, expect, it } from 'vitest';
import { letterHeaders } from '../../../src/engine/dead-letter.ts';
import type { LogRecord } from '../../../src/engine/log.ts';
import { LinesByPlace } from '../../../src/lab/replay/lines-by-place.ts';
import { outputOf } from '../../../src/lab/replay/outputs.ts';
import { instant } from '../../../src/values/time.ts';

const record = (
  partition: number,
  offset: number,
  at: number,
  key: string,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): LogRecord => ({
  topic: 'amends.issues',
  partition,
  offset,
  timestamp: instant(at),
  key: Buffer.from(key),
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: () => new Map(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
});
const keysAndValues = (records: ReturnType<typeof outputOf>) =>
  records.map(({ key, value }) => [key, value && 'json' in value ? value.json : value]);

describe('the output of a topic', () => {
  it('stands in order of time and key, whatever partition a record came from', () => {
    const records = [record(0, 0, 2, 'a', { id: '1' }), record(1, 0, 1, 'b', { id: '2' }), record(2, 0, 1, 'a', { id: '3' })];
    expect(outputOf(records, new LinesByPlace()).map(({ timestamp, key }) => `${timestamp} ${key ?? ''}`)).toEqual(['1 a', '1 b', '2 a']);
  });

  it('tells records of one problem at one instant in the order in which they were written', () => {
    const records = [record(0, 4, 1, 'a', { id: 'x', revision: 10 }), record(0, 3, 1, 'a', { id: 'x', revision: 9 })];
    expect(keysAndValues(outputOf(records, new LinesByPlace()))).toEqual([
      ['a', { id: 'x', revision: 9 }],
      ['a', { id: 'x', revision: 10 }],
    ]);
  });

  it('does not let the order in which two problems of a customer were written show, for that depends on the split', () => {
    const one = [record(0, 1, 1, 'a', { id: 'x' }), record(0, 2, 1, 'a', { id: 'y' })];
    const other = [record(3, 8, 1, 'a', { id: 'y' }), record(3, 9, 1, 'a', { id: 'x' })];
    expect(outputOf(one, new LinesByPlace())).toEqual(outputOf(other, new LinesByPlace()));
  });

  it('names evidence by its line, not by its place in the log', () => {
    const lines = new LinesByPlace();
    lines.add({ topic: 'delivery.tracking', partition: 5, offset: 3 }, 17);
    const evidence = [{ topic: 'delivery.tracking', partition: 5, offset: 3 }];
    expect(keysAndValues(outputOf([record(0, 0, 1, 'a', { id: 'x', finding: { evidence } })], lines))).toEqual([
      ['a', { id: 'x', finding: { evidence: [{ topic: 'delivery.tracking', partition: 0, offset: 17 }] } }],
    ]);
  });

  it('gives its own records their lines, so that a later topic can name them', () => {
    const lines = new LinesByPlace();
    outputOf([record(0, 7, 2, 'a', { id: 'x' }), record(1, 9, 1, 'b', { id: 'y' })], lines);
    expect(lines.lineOf({ topic: 'amends.issues', partition: 1, offset: 9 })).toBe(1);
    expect(lines.lineOf({ topic: 'amends.issues', partition: 0, offset: 7 })).toBe(2);
  });

  it('carries a dead letter as it came, and names the line it came from', () => {
    const lines = new LinesByPlace();
    lines.add({ topic: 'delivery.tracking', partition: 2, offset: 0 }, 4);
    const headers = { [letterHeaders.topic]: 'delivery.tracking', [letterHeaders.partition]: '2', [letterHeaders.offset]: '0' };
    const value = '{"topic":"delivery.tracking","partition":2,"offset":0}';
    const [letter] = outputOf([record(0, 0, 1, 'a', value, headers)], lines);
    expect(letter?.value).toEqual({ json: JSON.parse(value) });
    expect(letter?.headers).toMatchObject({ [letterHeaders.partition]: '0', [letterHeaders.offset]: '4' });
  });
});
