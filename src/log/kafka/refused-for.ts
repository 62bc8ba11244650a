import { AmendsError } from '../../happenings/errors.ts';
import type { Refusal } from '../shared/refused.ts';
import { Refused } from '../shared/refused.ts';
import type { ErrorKind } from './codec/error-codes.ts';
import { errorOf } from './codec/error-codes.ts';

/** What a broker answered instead of doing what was asked. */
export class RefusedByBroker extends Refused {
  readonly kind: ErrorKind;

  constructor(refusal: Refusal, reason: string, kind: ErrorKind) {
    super(refusal, reason);
    this.kind = kind;
  }
}

const refusals: Readonly<Record<Exclude<ErrorKind, 'none' | 'missing'>, Refusal>> = {
  fenced: 'fenced',
  'too-large': 'too-large',
  permanent: 'permanent',
  retriable: 'transient',
  refresh: 'transient',
  'out-of-range': 'transient',
  'not-open': 'transient',
  abort: 'transient',
};

/** Kafka's name for it doesn't say what to do. */
const fullDisk = 'a disk of that broker is full or has failed: make room on it, then start the broker again';

/** The error for an error code in a broker's answer; `what` was asked about. */
export const refusedFor = (code: number, what: string): AmendsError | RefusedByBroker => {
  const { kind, name } = errorOf(code);
  if (kind === 'missing') return new AmendsError('AMENDS_TOPIC_MISSING', [what]);
  const reason = `${what}: ${name}${name === 'KAFKA_STORAGE_ERROR' ? `, ${fullDisk}` : ''}`;
  if (name.includes('AUTHORIZATION')) return new AmendsError('AMENDS_BROKER_DENIED', [reason]);
  return new RefusedByBroker(kind === 'none' ? 'transient' : refusals[kind], reason, kind);
};
