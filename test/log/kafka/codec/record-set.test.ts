import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../../../src/engine/log.ts';
import { BatchEncoder, noProducer } from '../../../../src/log/kafka/codec/batch-encoder.ts';
import { layout } from '../../../../src/log/kafka/codec/batch-layout.ts';
import { writeInt64 } from '../../../../src/log/kafka/codec/int64.ts';
import type { AbortedTransaction } from '../../../../src/log/kafka/codec/record-set.ts';
import { RecordSet } from '../../../../src/log/kafka/codec/record-set.ts';
import { instant } from '../../../../src/values/time.ts';
import { inTransactionOf, markerAt, outgoing, rewritten, storedAt } from './batches.ts';
import { javaRecords, javaSet, javaStart, plain } from './java-records.ts';

const setOf = (recordSet: Buffer, from = 0, abortedTransactions: readonly AbortedTransaction[] = []): RecordSet =>
  new RecordSet({ topic: 'parcels', partition: 3, recordSet, abortedTransactions }, from);

const valuesOf = (set: RecordSet): readonly (string | undefined)[] => set.read(Infinity).records.map(({ value }) => value?.toString());

/** The batch with its records compressed: its head says by what. */
const compressed = (batch: Buffer, number: number, records: Buffer): Buffer => {
  const bytes = Buffer.concat([batch.subarray(0, layout.records), records]);
  return rewritten(bytes, (head) => {
    head.writeInt32BE(bytes.length - 12, layout.length);
    head.writeInt16BE(number, layout.attributes);
  });
};

describe('records that Java wrote', () => {
  it.each([
    { name: 'none', expected: javaRecords({ longest: 8 }) },
    { name: 'gzip', expected: javaRecords({}) },
    { name: 'snappy', expected: javaRecords({}) },
    { name: 'lz4', expected: javaRecords({}) },
    { name: 'zstd', expected: javaRecords({}) },
  ] as const)('compressed by $name are read as they were written', ({ name, expected }) => {
    const share = setOf(javaSet(name), 40).read(Infinity);
    expect(share.records.map(plain)).toEqual(expected);
    expect(share.next).toBe(52);
  });

  it('keep their offsets past 2^32 where compaction left gaps', () => {
    const share = setOf(javaSet('gaps'), 5_000_000_000).read(Infinity);
    expect(share.records.map(plain)).toEqual(javaRecords({ baseOffset: 5_000_000_000, gap: 3 }));
    expect(share.next).toBe(5_000_000_034);
  });

  it('have the time of the log in a topic with append times', () => {
    const { records } = setOf(javaSet('appended'), 40).read(Infinity);
    expect(records.map(plain)).toEqual(javaRecords({ appendedAt: javaStart + 77 }));
  });

  it('of aborted transactions that overlap stay hidden, and those after them show', () => {
    const set = setOf(javaSet('overlapping'), 0, [
      { producerId: 2, firstOffset: 1 },
      { producerId: 1, firstOffset: 0 },
    ]);
    expect(valuesOf(set)).toEqual(['kept', 'kept too']);
    expect(set.next).toBe(9);
    expect(set.isEmpty).toBe(true);
  });

  it.each([0, 1] as const)('in message format %i are refused by its name', (magic) => {
    expect(() => setOf(javaSet(`magic${magic}`), 9).read(1)).toThrow(
      new RegExp(`AMENDS_BATCH_UNREADABLE[^]*parcels/3@9: its message format is version ${magic}`),
    );
  });
});

describe('transactions', () => {
  it('a producer that aborted twice is hidden twice, and what it committed between shows', () => {
    const set = Buffer.concat([
      storedAt(0, [outgoing('aborted')], inTransactionOf(7)),
      markerAt(1, 7, 'abort'),
      storedAt(2, [outgoing('kept')], inTransactionOf(7)),
      markerAt(3, 7, 'commit'),
      storedAt(4, [outgoing('aborted')], inTransactionOf(7)),
      markerAt(5, 7, 'abort'),
      storedAt(6, [outgoing('kept too')], inTransactionOf(7)),
    ]);
    const aborted = [
      { producerId: 7, firstOffset: 4 },
      { producerId: 7, firstOffset: 0 },
    ];
    expect(valuesOf(setOf(set, 0, aborted))).toEqual(['kept', 'kept too']);
  });

  it('one that was aborted and began before what was fetched stays hidden', () => {
    const set = Buffer.concat([storedAt(8, [outgoing('aborted')], inTransactionOf(7)), markerAt(9, 7, 'abort')]);
    expect(valuesOf(setOf(set, 8, [{ producerId: 7, firstOffset: 2 }]))).toEqual([]);
  });

  it('records in no transaction show between those of an aborted one, even of the same producer', () => {
    const set = Buffer.concat([
      storedAt(0, [outgoing('aborted')], inTransactionOf(7)),
      storedAt(1, [outgoing('plain')]),
      storedAt(2, [outgoing('idempotent')], { ...inTransactionOf(7), isTransactional: false }),
      markerAt(3, 7, 'abort'),
    ]);
    expect(valuesOf(setOf(set, 0, [{ producerId: 7, firstOffset: 0 }]))).toEqual(['plain', 'idempotent']);
  });

  it('the end of another producer does not end an aborted one', () => {
    const set = Buffer.concat([
      storedAt(0, [outgoing('aborted')], inTransactionOf(7)),
      markerAt(1, 8, 'abort'),
      storedAt(2, [outgoing('aborted')], inTransactionOf(7)),
      markerAt(3, 7, 'abort'),
    ]);
    expect(valuesOf(setOf(set, 0, [{ producerId: 7, firstOffset: 0 }]))).toEqual([]);
  });

  it('a key of four zero bytes is a key like any other', () => {
    const key = Buffer.alloc(4);
    const [record] = setOf(storedAt(0, [outgoing('zeros', key)], inTransactionOf(7))).read(1).records;
    expect(record?.key).toEqual(key);
  });

  it('batches of control records alone move the position on', () => {
    const set = setOf(Buffer.concat([markerAt(20, 7, 'commit'), markerAt(21, 8, 'abort')]), 20);
    expect(set.isEmpty).toBe(false);
    expect(set.read(1)).toEqual({ records: [], next: 22, bytes: 0 });
    expect(set.isEmpty).toBe(true);
  });

  it('a control batch that compaction has emptied ends nothing', () => {
    const empty = rewritten(markerAt(1, 7, 'abort').subarray(0, layout.records), (bytes) => {
      bytes.writeInt32BE(layout.records - 12, layout.length);
      bytes.writeInt32BE(0, layout.count);
    });
    const set = Buffer.concat([
      storedAt(0, [outgoing('aborted')], inTransactionOf(7)),
      empty,
      storedAt(2, [outgoing('aborted')], inTransactionOf(7)),
    ]);
    expect(setOf(set, 0, [{ producerId: 7, firstOffset: 0 }]).read(1)).toEqual({ records: [], next: 3, bytes: 0 });
  });
});

describe('positions', () => {
  const two = Buffer.concat([storedAt(10, [outgoing('a'), outgoing('b'), outgoing('c')]), storedAt(13, [outgoing('d')])]);

  it('records before the one asked for are passed over', () => {
    expect(valuesOf(setOf(two, 12))).toEqual(['c', 'd']);
  });

  it('a batch whose last records were compacted away ends where it did', () => {
    const shortened = rewritten(storedAt(10, [outgoing('a')]), (bytes) => bytes.writeInt32BE(9, layout.lastOffsetDelta));
    const set = setOf(shortened, 10);
    expect(set.end).toBe(20);
    expect(set.read(Infinity).next).toBe(20);
  });

  it('a batch without any record left moves the position on', () => {
    const empty = rewritten(storedAt(10, [outgoing('a')]).subarray(0, layout.records), (bytes) => {
      bytes.writeInt32BE(layout.records - 12, layout.length);
      bytes.writeInt32BE(0, layout.count);
      bytes.writeInt32BE(4, layout.lastOffsetDelta);
    });
    expect(setOf(empty, 10).read(1)).toEqual({ records: [], next: 15, bytes: 0 });
  });

  it('a last batch that is cut off, wherever it is cut, waits for the next fetch', () => {
    const whole = storedAt(10, [outgoing('a'), outgoing('b'), outgoing('c')]).length;
    for (let length = whole; length < two.length; length += 1) {
      const set = setOf(two.subarray(0, length), 10);
      expect(set.end).toBe(13);
      expect(valuesOf(set)).toEqual(['a', 'b', 'c']);
      expect(set).toMatchObject({ next: 13, isEmpty: true, bytesLeft: 0 });
    }
  });

  it('an answer without records leaves the position', () => {
    expect(setOf(Buffer.alloc(0), 10).read(1)).toEqual({ records: [], next: 10, bytes: 0 });
  });
});

describe('shares', () => {
  const values = ['one', 'two', 'three', 'four', 'five', 'six'];
  const set = Buffer.concat([
    storedAt(
      0,
      values.slice(0, 4).map((value) => outgoing(value)),
    ),
    markerAt(4, 7, 'commit'),
    storedAt(
      5,
      values.slice(4).map((value) => outgoing(value)),
    ),
  ]);

  it('bring a record each, however little is asked for', () => {
    const reading = setOf(set);
    const shares = values.map(() => reading.read(1));
    expect(shares.map(({ records }) => records.map(({ value }) => value?.toString()))).toEqual(values.map((value) => [value]));
    expect(shares.map(({ next }) => next)).toEqual([1, 2, 3, 5, 6, 7]);
    expect(reading.isEmpty).toBe(true);
  });

  it('stop once they hold the bytes asked for, and go on there', () => {
    const reading = setOf(set);
    const first = reading.read(Infinity).bytes;
    const again = setOf(set);
    const half = again.read(first / 2);
    const rest = again.read(Infinity);
    expect(half.bytes + rest.bytes).toBe(first);
    expect([...half.records, ...rest.records].map(({ value }) => value?.toString())).toEqual(values);
    expect(half.records.length).toBeLessThan(values.length);
  });

  it('leave fewer bytes each time', () => {
    const reading = setOf(set);
    const left = values.map(() => {
      reading.read(1);
      return reading.bytesLeft;
    });
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(left.at(-1)).toBe(0);
  });
});

describe('what can not be read', () => {
  const good = storedAt(5, [outgoing('good')]);
  const bad = (change: (bytes: Buffer) => void): Buffer => rewritten(storedAt(6, [outgoing('a value'), outgoing('b')]), change);

  it('a changed byte anywhere in a batch is found, with its place, after the good records before it', () => {
    const second = storedAt(6, [outgoing('bad')]);
    fc.assert(
      fc.property(fc.integer({ min: layout.crc, max: second.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(second);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const set = setOf(Buffer.concat([good, changed]), 5);
        expect(valuesOf(set)).toEqual(['good']);
        expect(() => set.read(1)).toThrow(/AMENDS_BATCH_UNREADABLE[^]*parcels\/3@6: its CRC32C is 0x/);
        expect(set.next).toBe(6);
      }),
    );
  });

  it('fails again at each call, and the position stays before it', () => {
    const set = setOf(
      bad((bytes) => bytes.writeInt16BE(5, layout.attributes)),
      6,
    );
    for (const call of [1, 2]) expect(() => set.read(call)).toThrow('its compression is number 5');
    expect(set).toMatchObject({ next: 6, isEmpty: false });
  });

  it('an unknown compression is named, with the cure', () => {
    const set = setOf(
      bad((bytes) => bytes.writeInt16BE(6, layout.attributes)),
      6,
    );
    expect(() => set.read(1)).toThrow(/parcels\/3@6: its compression is number 6[^]*-> set the producer's compression\.type to none, gzip/);
  });

  it('a batch that is shorter than its head is refused', () => {
    const short = Buffer.from(good);
    short.writeInt32BE(20, layout.length);
    expect(() => setOf(short, 5).read(1)).toThrow('parcels/3@5: it says that it has 20 bytes');
  });

  it('a record that says it is longer than its batch is refused', () => {
    const set = setOf(
      bad((bytes) => (bytes[layout.records] = 126)),
      6,
    );
    expect(() => set.read(1)).toThrow(/parcels\/3@6: a record/);
  });

  it('a batch that says it has more records than it has is refused after those it has', () => {
    const set = setOf(
      bad((bytes) => bytes.writeInt32BE(2_000_000_000, layout.count)),
      6,
    );
    expect(valuesOf(set)).toEqual(['a value', 'b']);
    expect(() => set.read(1)).toThrow(/parcels\/3@\d+: a record/);
  });

  it.each([
    { name: 'gzip', number: 1 },
    { name: 'snappy', number: 2 },
    { name: 'lz4', number: 3 },
    { name: 'zstd', number: 4 },
  ])('records that $name can not read are refused by its name', ({ name, number }) => {
    const set = setOf(
      bad((bytes) => bytes.writeInt16BE(number, layout.attributes)),
      6,
    );
    expect(() => set.read(1)).toThrow(new RegExp(`parcels/3@6: its records, compressed by ${name}, can not be decompressed`));
  });

  it.each([
    { name: 'gzip', number: 1, compress: (bytes: Buffer) => gzipSync(bytes, { level: 1 }) },
    { name: 'zstd', number: 4, compress: (bytes: Buffer) => zstdCompressSync(bytes) },
  ])('a batch that $name would make larger than 128 MiB is refused', ({ name, number, compress }) => {
    const bomb = compress(Buffer.alloc(129 * 1024 * 1024));
    const set = setOf(compressed(storedAt(6, [outgoing('x')]), number, bomb), 6);
    expect(() => set.read(1)).toThrow(`its records, compressed by ${name}, can not be decompressed (at most 134217728 bytes)`);
  });
});

describe('records of our own encoder', () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each));
  const records: fc.Arbitrary<readonly Outgoing[]> = fc.array(
    fc.record(
      {
        topic: fc.constant('t'),
        partition: fc.constant(0),
        key: fc.option(bytes),
        value: fc.option(bytes),
        timestamp: fc.oneof(fc.integer({ min: -1, max: 2 ** 46 }), fc.integer({ min: 1.6e12, max: 1.8e12 })).map(instant),
        headers: fc.array(fc.tuple(fc.string({ maxLength: 8, unit: 'grapheme' }), bytes), { maxLength: 3 }).map((pairs) => new Map(pairs)),
      },
      { requiredKeys: ['topic', 'partition', 'key', 'value', 'timestamp'] },
    ),
    { minLength: 1, maxLength: 30 },
  );

  it('come back as they went, in whatever batches and shares', () => {
    fc.assert(
      fc.property(
        records,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 16, max: 200 }),
        (all, max, limit, slab) => {
          const encoder = new BatchEncoder(slab);
          const batches: Buffer[] = [];
          for (let from = 0; from < all.length;) {
            const batch = encoder.encode(all, from, noProducer, max);
            expect(batch.bytes.length <= max || batch.until === from + 1).toBe(true);
            batches.push(batch.bytes);
            writeInt64(batch.bytes, 100 + from, layout.baseOffset);
            from = batch.until;
          }
          const set = setOf(Buffer.concat(batches), 100);
          const read = [];
          while (!set.isEmpty) read.push(...set.read(limit).records);
          expect(read.map(plain)).toEqual(
            all.map((record, index) =>
              plain({ ...record, offset: 100 + index, headers: () => record.headers ?? new Map<string, Buffer>() }),
            ),
          );
          expect(set.next).toBe(100 + all.length);
        },
      ),
    );
  });
});
