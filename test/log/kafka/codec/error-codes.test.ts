import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { errorOf } from '../../../../src/log/kafka/codec/error-codes.ts';

it.each([
  { code: 0, kind: 'none' },
  { code: 1, kind: 'out-of-range' },
  { code: 3, kind: 'missing' },
  { code: 6, kind: 'refresh' },
  { code: 10, kind: 'too-large' },
  { code: 16, kind: 'refresh' },
  { code: 18, kind: 'too-large' },
  { code: 29, kind: 'permanent' },
  { code: 47, kind: 'fenced' },
  { code: 48, kind: 'not-open' },
  { code: 51, kind: 'retriable' },
  { code: 53, kind: 'permanent' },
  { code: 90, kind: 'fenced' },
])('error $code is $kind', ({ code, kind }) => {
  expect(errorOf(code)).toMatchObject({ code, kind });
});

it('a code that nobody knows yet is told by its number, and is not taken as permanent', () => {
  expect(errorOf(9999)).toEqual({ code: 9999, name: 'error 9999', kind: 'abort' });
});

it('the names are those that kafkajs knows, but where Kafka has renamed them', () => {
  const { errorCodes } = createRequire(import.meta.url)('kafkajs/src/protocol/error.js') as {
    errorCodes: readonly { readonly code: number; readonly type: string }[];
  };
  const renamed = new Set([-1, 6, 15, 16, 14, 56, 58]);
  const known = errorCodes.filter(({ code }) => !renamed.has(code) && errorOf(code).name !== `error ${code}`);
  expect(known.length).toBeGreaterThan(30);
  for (const { code, type } of known) expect(errorOf(code).name).toBe(type);
});
