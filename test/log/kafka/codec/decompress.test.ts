import fc from 'fast-check';
import { snappyCompress } from 'hysnappy';
import { describe, expect, it } from 'vitest';
import { lz4Frame } from '../../../../src/log/kafka/codec/lz4-frame.ts';
import { snappyBlocks } from '../../../../src/log/kafka/codec/snappy-blocks.ts';
import { layout } from '../../../../src/log/kafka/codec/batch-layout.ts';
import { javaSet } from './java-records.ts';

const mebibyte = 1024 * 1024;

/** Bytes that nothing can compress, as MakeRecordSets.java makes them. */
const noise = (): Buffer => {
  const bytes = Buffer.alloc(300);
  let state = 1;
  for (let i = 0; i < bytes.length; i += 1) {
    state = Number((BigInt(state) * 1_103_515_245n + 12_345n) % 2_147_483_648n);
    bytes[i] = (state >> 16) & 0xff;
  }
  return bytes;
};

const recordsOf = (name: 'lz4' | 'snappy'): Buffer => javaSet(name).subarray(layout.records);

describe('an LZ4 frame', () => {
  it('of a block that was left as it is gives its bytes', () => {
    expect(lz4Frame(javaSet('lz4 frame of noise'), mebibyte)).toEqual(noise());
  });

  it('is refused when it holds more than allowed, and read when it holds just that', () => {
    const { length } = lz4Frame(recordsOf('lz4'), mebibyte);
    expect(lz4Frame(recordsOf('lz4'), length)).toHaveLength(length);
    expect(() => lz4Frame(recordsOf('lz4'), length - 1)).toThrow(`more than ${length - 1} bytes`);
  });

  it('is refused wherever it is cut off', () => {
    const frame = recordsOf('lz4');
    for (let length = 0; length < frame.length - 4; length += 1)
      expect(() => lz4Frame(frame.subarray(0, length), mebibyte)).toThrow(RangeError);
  });

  it('with any bytes changed is refused or gives some bytes, and never more than allowed', () => {
    const frame = recordsOf('lz4');
    const changes = fc.array(fc.tuple(fc.integer({ min: 7, max: frame.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (all) => {
        const changed = Buffer.from(frame);
        for (const [at, byte] of all) changed[at] = byte;
        try {
          expect(lz4Frame(changed, 200_000).length).toBeLessThanOrEqual(200_000);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('of a match that begins before the frame is refused', () => {
    const frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 4, 0, 0, 0, 0x10, 65, 2, 0, 0, 0, 0, 0]);
    expect(() => lz4Frame(frame, mebibyte)).toThrow('a match begins before the frame');
  });
});

describe('snappy', () => {
  const text = 'Parcel 1 is on its way; '.repeat(20);

  it('of one block is read', () => {
    expect(snappyBlocks(javaSet('snappy block'), mebibyte).toString()).toBe(text);
  });

  it("of several of Java's streams, one after the other, is read", () => {
    const stream = recordsOf('snappy');
    const once = snappyBlocks(stream, mebibyte);
    expect(snappyBlocks(Buffer.concat([stream, stream]), mebibyte)).toEqual(Buffer.concat([once, once]));
  });

  it('is refused when it holds more than allowed, and read when it holds just that', () => {
    for (const bytes of [javaSet('snappy block'), recordsOf('snappy')]) {
      const { length } = snappyBlocks(bytes, mebibyte);
      expect(snappyBlocks(bytes, length)).toHaveLength(length);
      expect(() => snappyBlocks(bytes, length - 1)).toThrow('more than');
    }
  });

  it.each(['snappy block', 'snappy'] as const)('is refused where it is cut off (%s)', (name) => {
    const bytes = name === 'snappy' ? recordsOf(name) : javaSet(name);
    expect(() => snappyBlocks(bytes.subarray(0, bytes.length - 1), mebibyte)).toThrow(Error);
    expect(() => snappyBlocks(bytes.subarray(0, 18), mebibyte)).toThrow(Error);
  });

  it('that becomes more than it says is refused, and the next one is read', () => {
    const lying = Buffer.from(snappyCompress(Buffer.alloc(100_000, 7)));
    // 100,000 is the varint a0 8d 06; this says 16.
    const short = Buffer.concat([Buffer.from([16]), lying.subarray(3)]);
    expect(() => snappyBlocks(short, mebibyte)).toThrow(Error);
    expect(snappyBlocks(javaSet('snappy block'), mebibyte).toString()).toBe(text);
  });

  it('with any bytes changed is refused or gives some bytes, and never more than allowed', () => {
    const block = javaSet('snappy block');
    const changes = fc.array(fc.tuple(fc.nat(block.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (all) => {
        const changed = Buffer.from(block);
        for (const [at, byte] of all) changed[at] = byte;
        try {
          expect(snappyBlocks(changed, 10_000).length).toBeLessThanOrEqual(10_000);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
