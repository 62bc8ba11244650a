import type { Fault, WorldRecord } from '../../src/world/world-record.ts';
import type { Instant } from '../../src/values/time.ts';
import { after } from '../../src/values/time.ts';
import type { Chance } from '../../src/world/chance.ts';
import type { FaultKind } from './fault-kinds.ts';

/** A record that others write, and what is wrong with it. */
export interface Told {
  readonly record: WorldRecord;
  readonly kinds: readonly FaultKind[];
  /** The subject that a bad record is about. */
  readonly about?: string;
}

/** What is told in one run. */
export interface Script {
  readonly start: Instant;
  /** When the last thing is told. */
  readonly end: Instant;
  /** Everything is to be concluded that is due before. */
  readonly until: Instant;
  /** In the order of their timestamps. */
  readonly told: readonly Told[];
}

export const fine = (record: WorldRecord): Told => ({ record, kinds: [] });

/** Spoils a good record as a careless producer might; its key, where it keeps one, is right. */
export const spoiltOf = (good: WorldRecord, how: Exclude<Fault, 'misplaced'>): WorldRecord => {
  const text = good.value?.toString('utf8') ?? '';
  switch (how) {
    case 'not-json':
      return { ...good, value: Buffer.from(text.slice(0, text.length / 2)), fault: how };
    case 'unknown-status':
      return { ...good, value: Buffer.from(text.replace(/"status":"[a-z-]+"/, '"status":"beamed-up"')), fault: how };
    case 'no-key':
      return { ...good, key: null, fault: how };
    case 'empty':
      return { ...good, value: Buffer.alloc(0), fault: how };
  }
};

/** A few records told twice, the second time `laterMs` after the first at most. */
export const withDuplicates = (told: readonly Told[], share: number, laterMs: number, chance: Chance): readonly Told[] =>
  told.flatMap((each): readonly Told[] =>
    each.kinds.length === 0 && chance.happens(share)
      ? [each, { record: { ...each.record, timestamp: after(each.record.timestamp, chance.int(0, laterMs)) }, kinds: ['duplicated input'] }]
      : [each],
  );

/** By time; what is told at one instant stays in its order. */
export const inOrder = (told: readonly Told[]): readonly Told[] => told.toSorted((a, b) => a.record.timestamp - b.record.timestamp);
