import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32c } from '../../../../src/log/kafka/codec/crc32c.ts';

const oracle = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number;

it('the check value of the standard comes out (RFC 3720, B.4: 32 bytes of zeros; and "123456789")', () => {
  expect(crc32c(Buffer.alloc(32), 0, 32)).toBe(0x8a9136aa);
  expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
});

it('any piece of any bytes has the checksum that kafkajs gives it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (array, cut) => {
      const bytes = Buffer.from(array);
      const from = Math.min(cut, bytes.length);
      expect(crc32c(bytes, from, bytes.length)).toBe(oracle(bytes.subarray(from)));
    }),
  );
});
