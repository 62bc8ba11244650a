import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, formatEventLine, parseEventLine, valueOf } from '../../src/lab/event-record.ts';
import { instant } from '../../src/values/time.ts';

const good = { topic: 'delivery.tracking', key: 'k', value: { a: 1 }, headers: {}, timestamp: '2018-03-01T10:00:00Z' };
const parse = (changes: Record<string, unknown>) => parseEventLine(JSON.stringify({ ...good, ...changes }));

describe('a line of an event file', () => {
  it('is a record with topic, key, value, headers and time', () => {
    expect(parse({ headers: { trace: 'x' } })).toEqual({
      topic: 'delivery.tracking',
      key: 'k',
      value: { json: { a: 1 } },
      headers: { trace: 'x' },
      timestamp: Date.UTC(2018, 2, 1, 10),
    });
  });

  it('may leave the headers out, and tell time in milliseconds or with an offset', () => {
    expect(parse({ headers: undefined, timestamp: 1_519_898_400_000 })).toMatchObject({ headers: {}, timestamp: 1_519_898_400_000 });
    expect(parse({ timestamp: '2018-03-01T07:00:00-03:00' })).toMatchObject({ timestamp: 1_519_898_400_000 });
  });

  it('carries null keys, null values and bytes that are not JSON, so that bad input can be replayed too', () => {
    expect(parse({ key: null, value: null })).toMatchObject({ key: null, value: null });
    expect(parse({ value: undefined, valueBase64: 'eyJh' })).toMatchObject({ value: { bytes: Buffer.from('{"a') } });
    expect(parse({ value: undefined, valueBase64: '' })).toMatchObject({ value: { bytes: Buffer.alloc(0) } });
  });

  it.each([
    ['no JSON', '{"topic":', /^not JSON/],
    ['no object', '[1]', /expected an object/],
    ['a field nobody knows', JSON.stringify({ ...good, partition: 1 }), /unknown field "partition"/],
    ['no topic', JSON.stringify({ ...good, topic: undefined }), /^topic/],
    ['a topic that Kafka would refuse', JSON.stringify({ ...good, topic: 'a b' }), /^topic/],
    ['a key that is no string', JSON.stringify({ ...good, key: 7 }), /^key/],
    ['no key at all', JSON.stringify({ ...good, key: undefined }), /^key/],
    ['headers that are no map', JSON.stringify({ ...good, headers: [] }), /^headers/],
    ['a header that is no string', JSON.stringify({ ...good, headers: { a: 1 } }), /^headers.a/],
    ['a time without a zone', JSON.stringify({ ...good, timestamp: '2018-03-01T10:00:00' }), /^timestamp/],
    ['a time that is none', JSON.stringify({ ...good, timestamp: '2018-13-01T10:00:00Z' }), /^timestamp/],
    ['a time beyond what can be told', JSON.stringify({ ...good, timestamp: 9e15 }), /^timestamp/],
    ['neither value', JSON.stringify({ ...good, value: undefined }), /either value or valueBase64/],
    ['both values', JSON.stringify({ ...good, valueBase64: '' }), /either value or valueBase64/],
    ['a value that is no base64', JSON.stringify({ ...good, value: undefined, valueBase64: 'a*==' }), /^valueBase64/],
  ])('with %s is refused with the reason', (_, line, reason) => {
    expect(parseEventLine(line)).toEqual({ reason: expect.stringMatching(reason) });
  });

  it('reads back as it was written', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc
        .jsonValue()
        .filter((json) => json !== null)
        .map((json) => ({ json: JSON.parse(JSON.stringify(json)) as unknown })),
      fc.uint8Array().map((bytes) => ({ bytes: Buffer.from(bytes) })),
    );
    const record = fc.record({
      topic: fc.constantFrom('a', 'delivery.tracking'),
      key: fc.option(fc.string()),
      value,
      headers: fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        fc.string(),
      ),
      timestamp: fc.integer({ min: 0, max: 4e12 }).map(instant),
    });
    fc.assert(
      fc.property(record, (one) => {
        const read = parseEventLine(formatEventLine(one));
        expect(read).toEqual({ ...one, headers: { ...one.headers } });
      }),
    );
  });
});

describe('a value from a log', () => {
  it('comes back byte for byte, whatever it was', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(bytesOf(valueOf(bytes))).toEqual(bytes);
        },
      ),
    );
  });

  it('is told as JSON only where writing it again gives the same bytes', () => {
    expect(valueOf(Buffer.from('{"a":1}'))).toEqual({ json: { a: 1 } });
    expect(valueOf(Buffer.from('{"a": 1}'))).toHaveProperty('bytes');
    expect(valueOf(Buffer.from('12345678901234567890'))).toHaveProperty('bytes');
  });
});
