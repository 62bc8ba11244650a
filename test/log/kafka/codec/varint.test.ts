import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInt64, writeInt64 } from '../../../../src/log/kafka/codec/int64.ts';
import { VarintReader, varintBytes, varlongBytes, writeVarint, writeVarlong } from '../../../../src/log/kafka/codec/varint.ts';

/** The definition, in BigInt: zigzag, then seven bits a byte, the lowest first. */
const bytesOf = (value: number): readonly number[] => {
  let left = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
};

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const atEdges = fc
  .tuple(fc.constantFrom(7, 14, 21, 28, 31, 32, 33, 35, 42, 49, 52), fc.integer({ min: -2, max: 2 }), fc.constantFrom(1, -1))
  .map(([bits, near, sign]) => sign * (2 ** bits + near));
const safe = fc.oneof(fc.maxSafeInteger(), int32, atEdges);

describe('numbers of seven bits a byte', () => {
  it('an int32 is written as its definition says, in the bytes foretold, and read again', () => {
    fc.assert(
      fc.property(int32, (value) => {
        const bytes = Buffer.alloc(8);
        const end = writeVarint(bytes, value, 1);
        expect([...bytes.subarray(1, end)]).toEqual(bytesOf(value));
        expect(varintBytes(value)).toBe(end - 1);
        const reader = new VarintReader(bytes, 1);
        expect([reader.int32(), reader.at]).toEqual([value, end]);
      }),
    );
  });

  it('a number up to 2^53 is written as its definition says, in the bytes foretold, and read again', () => {
    fc.assert(
      fc.property(safe, (value) => {
        const bytes = Buffer.alloc(16);
        const end = writeVarlong(bytes, value, 1);
        expect([...bytes.subarray(1, end)]).toEqual(bytesOf(value));
        expect(varlongBytes(value)).toBe(end - 1);
        const reader = new VarintReader(bytes, 1);
        expect([reader.int64(), reader.at]).toEqual([value, end]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([2n ** 63n - 1n, -(2n ** 63n)])('%s of somebody else is read as the nearest number', (value) => {
    let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    const bytes: number[] = [];
    for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
    bytes.push(Number(left));
    const reader = new VarintReader(Buffer.from(bytes), 0);
    expect([reader.int64(), reader.at]).toEqual([Number(value), 10]);
  });
});

it('an int64 is written and read as Node does with BigInt', () => {
  fc.assert(
    fc.property(safe, (value) => {
      const bytes = Buffer.alloc(9);
      writeInt64(bytes, value, 1);
      expect(bytes.readBigInt64BE(1)).toBe(BigInt(value));
      expect(readInt64(bytes, 1)).toBe(value);
    }),
  );
});
