import type { Decision } from '../topics/decisions.ts';
import { decisions } from '../topics/decisions.ts';
import type { Issue } from '../topics/issues.ts';
import { issues } from '../topics/issues.ts';
import type { Command } from '../topics/remedies.ts';
import { command, remedies } from '../topics/remedies.ts';
import type { Position } from '../values/record.ts';
import type { Instant } from '../values/time.ts';

/** A record with its value parsed as JSON, and where it stands. */
export interface AuditRecord extends Position {
  readonly timestamp: Instant;
  readonly value: unknown;
}

/** A record that the audit knows how to read. */
export type Audited =
  | { readonly what: 'issue'; readonly at: Instant; readonly position: Position; readonly value: Issue }
  | { readonly what: 'decision'; readonly at: Instant; readonly position: Position; readonly value: Decision }
  | { readonly what: 'command'; readonly at: Instant; readonly position: Position; readonly value: Command };

const remedyTopics = new Set<string>(Object.values(remedies).map(({ name }) => name));

/** The record as what it is; undefined for other topics, and for what its topic's schema refuses. */
export const audited = ({ topic, partition, offset, timestamp, value }: AuditRecord): Audited | undefined => {
  const position = { topic, partition, offset };
  if (topic === issues.name) {
    const { data } = issues.schema.safeParse(value);
    return data && { what: 'issue', at: timestamp, position, value: data };
  }
  if (topic === decisions.name) {
    const { data } = decisions.schema.safeParse(value);
    return data && { what: 'decision', at: data.at, position, value: data };
  }
  if (!remedyTopics.has(topic)) return undefined;
  const { data } = command.safeParse(value);
  return data && { what: 'command', at: data.decidedAt, position, value: data };
};
