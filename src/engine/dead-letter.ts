import { createHash } from 'node:crypto';
import { maxValueBytes } from '../formats/json.ts';
import type { ErrorCode } from '../happenings/errors.ts';
import { partitionOf } from '../values/murmur2.ts';
import type { LogRecord, Outgoing } from './log.ts';
import { deadLettersTopic } from './topics.ts';

/** The header names that Kafka Streams gives its dead letters (KIP-1034), and ours beside them. */
export const letterHeaders = {
  exception: '__streams.errors.exception',
  message: '__streams.errors.message',
  topic: '__streams.errors.topic',
  partition: '__streams.errors.partition',
  offset: '__streams.errors.offset',
  stage: 'amends.errors.stage',
  /** Whom the record is about, where that isn't its key. */
  subject: 'amends.errors.subject',
  sha256: 'amends.errors.value.sha256',
  bytes: 'amends.errors.value.bytes',
} as const;

export interface Failure {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly subject?: string;
}

/** The largest value that a letter carries whole; of a larger one it carries size and SHA-256. */
const largestLetterBytes = 16 * maxValueBytes;

/**
 * A record that could not be read, whole, with what was wrong with it. It goes where its subject's task reads
 * (`tasks`: how many the stage has), so that the subject is held even if the record came to another task.
 */
export const deadLetter = (
  record: LogRecord,
  failure: Failure,
  of: { readonly stage: string; readonly tasks: number; readonly partitions: number },
): Outgoing => {
  const headers = new Map(record.headers());
  // What only we may say of a letter nobody says by a header of his own.
  for (const name of [letterHeaders.subject, letterHeaders.sha256, letterHeaders.bytes]) headers.delete(name);
  const set = (name: string, text: string): void => void headers.set(name, Buffer.from(text));
  set(letterHeaders.exception, failure.code);
  set(letterHeaders.message, failure.reason.slice(0, 2_000));
  set(letterHeaders.topic, record.topic);
  set(letterHeaders.partition, String(record.partition));
  set(letterHeaders.offset, String(record.offset));
  set(letterHeaders.stage, of.stage);
  if (failure.subject !== undefined) set(letterHeaders.subject, failure.subject);
  let { value } = record;
  if (value && value.length > largestLetterBytes) {
    set(letterHeaders.bytes, String(value.length));
    set(letterHeaders.sha256, createHash('sha256').update(value).digest('hex'));
    value = null;
  }
  const subject = failure.subject === undefined ? record.key : Buffer.from(failure.subject);
  const task = subject === null ? record.partition : partitionOf(subject, of.tasks);
  return { topic: deadLettersTopic, partition: task % of.partitions, key: record.key, value, timestamp: record.timestamp, headers };
};
