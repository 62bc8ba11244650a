import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../src/values/murmur2.ts';

const kafkajs = Partitioners.JavaCompatiblePartitioner();

const oracle = (key: Buffer, partitions: number): number =>
  kafkajs({
    topic: 'any',
    partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    })),
    message: { key, value: null },
  });

describe('the partition of a key', () => {
  it('is the one that Java and kafkajs choose, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (bytes, partitions) => {
        const key = Buffer.from(bytes);
        expect(partitionOf(key, partitions)).toBe(oracle(key, partitions));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the one that they choose for keys of every length of text', () => {
    const key = 'olist:PKG-0000000001:0-äöü';
    for (let length = 0; length <= key.length; length += 1)
      expect(partitionOf(Buffer.from(key.slice(0, length)), 12)).toBe(oracle(Buffer.from(key.slice(0, length)), 12));
  });
});
