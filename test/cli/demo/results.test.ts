import { describe, expect, it } from 'vitest';
import { Results } from '../../../src/cli/demo/results.ts';
import type { LogRecord } from '../../../src/engine/log.ts';
import type { Topic } from '../../../src/formats/topic.ts';
import { issues } from '../../../src/topics/issues.ts';
import { remedies } from '../../../src/topics/remedies.ts';
import type { CommandId } from '../../../src/values/ids.ts';
import { hourMs, instant } from '../../../src/values/time.ts';
import { late } from '../../care/support.ts';

const record = <T>(topic: Topic<T>, value: T): LogRecord => {
  const { key, value: bytes } = topic.encode(value);
  return { topic: topic.name, partition: 0, offset: 0, timestamp: instant(0), key, value: bytes, headers: () => new Map() };
};

const issue = late();
const ordered = {
  id: 'c-1' as CommandId,
  issue: issue.id,
  customer: issue.customer,
  reason: 'late',
  rule: 'late-parcel',
  policy: 'p',
  mode: 'auto',
  decidedAt: instant(2 * hourMs),
  expiresAt: instant(200 * hourMs),
} as const;
const words = { template: 'parcel-late', locale: 'en', parameters: {}, short: 'sorry', long: 'sorry' } as const;
const message = record(remedies.notification, { ...ordered, ...words, kind: 'notification', notBefore: instant(8 * hourMs) });
const goods = record(remedies.replacement, { ...ordered, kind: 'replacement', lines: ['l1'], service: 'express', giftWrap: false });
const takenBack = record(remedies.retraction, { ...ordered, kind: 'retraction', of: 'c-0' as CommandId });

/** When the customer of these commands was helped, in hours. */
const helpedAt = (...commands: readonly LogRecord[]): number | undefined => {
  const results = new Results();
  results.take([record(issues, issue), ...commands]);
  const at = results.helpedAt.get(issue.subject);
  return at === undefined ? undefined : at / hourMs;
};

describe('the demo counts a customer as helped', () => {
  it('by a message once it may be read, not while it waits for the morning', () => expect(helpedAt(message)).toBe(8));
  it('by goods or money once they are ordered', () => expect(helpedAt(message, goods)).toBe(2));
  it('not by a message that was taken back alone', () => expect(helpedAt(takenBack)).toBeUndefined());
});
