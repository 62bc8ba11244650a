import type { ZodType } from 'zod';
import type { ErrorCode } from '../happenings/errors.ts';
import type { LogRecord } from '../values/record.ts';
import type { Instant } from '../values/time.ts';
import type { Decoded, Topic } from './topic.ts';

/** The largest value that is parsed, in bytes; what is larger goes to the dead letters unread. */
export const maxValueBytes = 1024 * 1024;

const unreadable = (code: ErrorCode, reason: string, subject?: string): Decoded<never> => ({
  kind: 'unreadable',
  code,
  reason,
  ...(subject !== undefined && { subject }),
});

const explain = (issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string =>
  issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || 'value'}: ${issue.message}`)
    .join('; ');

/**
 * A topic of JSON values under a zod schema.
 * `key` gives the key that a value belongs under: a record whose key differs is unreadable (AMENDS_KEY_MISMATCH).
 * `isPlainly`, for topics of many records, knows most good values at a glance: what it says yes to the schema must parse, and
 * leave as it is; on anything else the schema has the word. Both are held together by a test.
 */
export const jsonTopic = <T>(of: {
  readonly name: string;
  readonly schema: ZodType<T>;
  readonly key: (value: T) => string;
  readonly isPlainly?: (json: unknown) => json is T;
  readonly compacted?: boolean;
  readonly guarded?: boolean;
  readonly order?: (value: T) => string;
  readonly observedAt?: (value: T) => Instant | undefined;
}): Topic<T> & { readonly schema: ZodType<T> } => ({
  name: of.name,
  schema: of.schema,
  compacted: of.compacted ?? false,
  guarded: of.guarded ?? false,
  ...(of.order && { order: of.order }),
  ...(of.observedAt && { observedAt: of.observedAt }),
  decode(record: LogRecord): Decoded<T> {
    if (record.value === null || record.value.length === 0) return unreadable('AMENDS_RECORD_EMPTY', 'the value is empty');
    if (record.value.length > maxValueBytes)
      return unreadable('AMENDS_RECORD_TOO_LARGE', `the value has ${record.value.length} bytes, the limit is ${maxValueBytes}`);
    let json: unknown;
    try {
      json = JSON.parse(record.value.toString('utf8'));
    } catch (error) {
      return unreadable('AMENDS_RECORD_NOT_JSON', error instanceof Error ? error.message : String(error));
    }
    let value: T;
    if (of.isPlainly?.(json)) value = json;
    else {
      const parsed = of.schema.safeParse(json);
      if (!parsed.success) return unreadable('AMENDS_RECORD_INVALID', explain(parsed.error.issues));
      value = parsed.data;
    }
    const subject = of.key(value);
    if (record.key === null) return unreadable('AMENDS_KEY_MISSING', `the key is null, the value belongs under "${subject}"`, subject);
    const found = record.key.toString('utf8');
    if (found !== subject)
      return unreadable('AMENDS_KEY_MISMATCH', `the key is "${found.slice(0, 200)}", the value belongs under "${subject}"`, subject);
    return { kind: 'read', value };
  },
  encode: (value: T) => ({ key: Buffer.from(of.key(value)), value: Buffer.from(JSON.stringify(value)) }),
});
