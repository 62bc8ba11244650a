import { describe, expect, it } from 'vitest';
import { BatchEncoder, nextSequence, noProducer } from '../../../../src/log/kafka/codec/batch-encoder.ts';
import { instant } from '../../../../src/values/time.ts';
import { outgoing } from './batches.ts';

describe('batches', () => {
  const records = Array.from({ length: 10 }, (_, i) => outgoing('x'.repeat(90), `key ${i}`));

  it('are split below the limit, and together hold every record', () => {
    const encoder = new BatchEncoder(1024 * 1024);
    const untils: number[] = [];
    for (let from = 0; from < records.length;) {
      const batch = encoder.encode(records, from, noProducer, 400);
      expect(batch.bytes.length).toBeLessThanOrEqual(400);
      untils.push((from = batch.until));
    }
    expect(untils).toEqual([3, 6, 9, 10]);
  });

  it('may be just as large as the limit', () => {
    const exactly = new BatchEncoder(1024 * 1024).encode(records.slice(0, 3), 0, noProducer, Infinity).bytes.length;
    expect(new BatchEncoder(1024 * 1024).encode(records, 0, noProducer, exactly).until).toBe(3);
    expect(new BatchEncoder(1024 * 1024).encode(records, 0, noProducer, exactly - 1).until).toBe(2);
  });

  it('hold a record above the limit alone', () => {
    const large = [outgoing('a'), outgoing('x'.repeat(1000)), outgoing('b')];
    const encoder = new BatchEncoder(1024 * 1024);
    expect([0, 1, 2].map((from) => encoder.encode(large, from, noProducer, 200).until)).toEqual([1, 2, 3]);
  });

  it('stay as they are while others are written after them, until the slab is free again', () => {
    const encoder = new BatchEncoder(100);
    const kept = records.map((_, from) => encoder.encode(records, from, noProducer, 1).bytes);
    const alone = records.map((_, from) => new BatchEncoder(1024 * 1024).encode(records, from, noProducer, 1).bytes);
    expect(kept).toEqual(alone);
    encoder.reset();
    expect(encoder.encode(records, 4, noProducer, 1).bytes).toEqual(alone[4]);
  });

  it('are a copy: what their records were made of may change', () => {
    const value = Buffer.from('a value');
    const record = { ...outgoing(''), value };
    const { bytes } = new BatchEncoder(1024 * 1024).encode([record], 0, noProducer, Infinity);
    value.fill(0);
    expect(bytes.includes('a value')).toBe(true);
  });

  it('are of one partition: a record of another is our own mistake', () => {
    expect(() =>
      new BatchEncoder(1024 * 1024).encode([outgoing('a'), { ...outgoing('b'), partition: 1 }], 0, noProducer, Infinity),
    ).toThrow('the records of a batch are of one partition');
  });

  it('hold times in whole milliseconds: another is our own mistake', () => {
    expect(() => new BatchEncoder(1024 * 1024).encode([{ ...outgoing('a'), timestamp: instant(0.5) }], 0, noProducer, Infinity)).toThrow(
      "a record's time is in whole milliseconds",
    );
  });
});

describe('the sequence of a batch', () => {
  it.each([
    { sequence: 0, count: 5, next: 5 },
    { sequence: 2_147_483_640, count: 7, next: 2_147_483_647 },
    { sequence: 2_147_483_640, count: 8, next: 0 },
    { sequence: 2_147_483_647, count: 3, next: 2 },
  ])('after $sequence and $count records is $next, as the broker counts', ({ sequence, count, next }) => {
    expect(nextSequence(sequence, count)).toBe(next);
  });
});
