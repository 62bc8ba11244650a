import type { TimeMode } from '../../engine/changelog.ts';
import { dayMs } from '../../values/time.ts';

/** What a topic is for; settings hang on it. */
export type Role = 'input' | 'internal' | 'changelog' | 'progress' | 'letters' | 'output';

export type Level = 'warning' | 'error';

/** One setting of a topic, under Kafka's name for it. */
export interface Wanted {
  readonly setting: string;
  /** What a topic that we create gets. */
  readonly value: string;
  /** Whether the setting of a topic that is there will do. */
  readonly suits: (actual: string) => boolean;
  readonly otherwise: Level;
  /** What goes wrong where it won't. */
  readonly why: string;
  /** Not every version of Kafka knows it: `may` is left out there; `never` is only compared. */
  readonly sets?: 'may' | 'never';
}

/** The largest Kafka takes for a time, as good as no limit. */
const noLimit = '9223372036854775807';
/** More than any history is old: what a limit on the age of records must at least admit. */
const longestAgeMs = 100 * 365 * dayMs;
/** Kafka's own default for a batch (1 MiB and the batch's head), which our own records stay well below. */
const smallestMessageBytes = 1024 * 1024;
/** A changelog is read from its start at each take-over, and what is in the newest segment isn't compacted: chosen, not measured. */
const changelogSegmentBytes = 64 * 1024 * 1024;
/** A record a second and task: without this the newest segment would hold millions. Chosen, not measured. */
const progressSegmentBytes = 16 * 1024 * 1024;
const tombstonesMs = 7 * dayMs;
const keptMs = 30 * dayMs;
/** A long weekend away must not lose evidence. */
const leastInputMs = 7 * dayMs;

const any = (): boolean => true;
const exactly = (value: string) => (actual: string) => actual === value;
const atLeast = (least: number) => (actual: string) => Number(actual) >= least;
/** Kafka writes -1 for no limit. */
const atLeastOrNone = (least: number) => (actual: string) => Number(actual) === -1 || Number(actual) >= least;

const cleanup = (isCompacted: boolean): readonly Wanted[] =>
  isCompacted
    ? [
        {
          setting: 'cleanup.policy',
          value: 'compact',
          suits: exactly('compact'),
          otherwise: 'error',
          why: 'rows that have not changed for a while would be deleted',
        },
        {
          setting: 'delete.retention.ms',
          value: String(tombstonesMs),
          suits: atLeast(tombstonesMs),
          otherwise: 'warning',
          why: 'a process that was away for longer would miss what was deleted meanwhile',
        },
      ]
    : [
        {
          setting: 'cleanup.policy',
          value: 'delete',
          suits: exactly('delete'),
          otherwise: 'error',
          why: 'compaction would drop records that share a key',
        },
      ];

const retention = (role: Role, time: TimeMode): readonly Wanted[] => {
  const bytes = (otherwise: Level, why: string): Wanted => ({
    setting: 'retention.bytes',
    value: '-1',
    suits: exactly('-1'),
    otherwise,
    why,
  });
  const forEver = (otherwise: Level, why: string): readonly Wanted[] => [
    { setting: 'retention.ms', value: '-1', suits: exactly('-1'), otherwise, why },
    bytes(otherwise, why),
  ];
  const kept = (leastMs: number, otherwise: Level, why: string): readonly Wanted[] => [
    { setting: 'retention.ms', value: String(keptMs), suits: atLeastOrNone(leastMs), otherwise, why },
    bytes('warning', why),
  ];
  if (time === 'records') return forEver('error', 'history is older than any retention: the brokers would delete it at once');
  if (role === 'letters') return forEver('warning', 'letters that nobody has seen to would be deleted');
  if (role === 'output') return kept(keptMs, 'error', 'a command would be deleted before a service that was down has read it');
  if (role === 'input') return kept(leastInputMs, 'warning', 'an outage of Amends for longer would lose evidence');
  return forEver('error', 'what is not read yet would be deleted');
};

const timestamps = (type: 'append' | 'create'): readonly Wanted[] => {
  const age = (setting: string, sets: 'may' | 'never'): Wanted => ({
    setting,
    value: noLimit,
    suits: atLeast(longestAgeMs),
    otherwise: 'error',
    why: 'records of another year would be refused',
    sets,
  });
  const value = type === 'append' ? 'LogAppendTime' : 'CreateTime';
  const why = type === 'append' ? "time must be the brokers', which nobody else can set" : "time must be the records' own";
  const wanted: Wanted = { setting: 'message.timestamp.type', value, suits: exactly(value), otherwise: 'error', why };
  // Kafka 3.6 has the first two, which in 4.0 replaced the third.
  return type === 'append'
    ? [wanted]
    : [
        wanted,
        age('message.timestamp.before.max.ms', 'may'),
        age('message.timestamp.after.max.ms', 'may'),
        age('message.timestamp.difference.max.ms', 'never'),
      ];
};

const size = (role: Role, bytes: number): Wanted => {
  const wanted = { setting: 'max.message.bytes', value: String(bytes) };
  if (role === 'input') return { ...wanted, suits: any, otherwise: 'warning', why: '' };
  if (role === 'letters')
    return {
      ...wanted,
      suits: atLeast(bytes),
      otherwise: 'warning',
      why: 'a bad record as large as the largest input would not fit whole',
    };
  if (role === 'changelog')
    return { ...wanted, suits: atLeast(bytes), otherwise: 'error', why: 'a row as large as the largest input would not fit' };
  return { ...wanted, suits: atLeast(smallestMessageBytes), otherwise: 'error', why: 'our own records would not fit' };
};

const segments = (role: Role): readonly Wanted[] => {
  const bytes = role === 'changelog' ? changelogSegmentBytes : role === 'progress' ? progressSegmentBytes : undefined;
  return bytes === undefined ? [] : [{ setting: 'segment.bytes', value: String(bytes), suits: any, otherwise: 'warning', why: '' }];
};

const safety = (replicas: number | undefined): readonly Wanted[] => [
  ...(replicas !== undefined && replicas >= 3
    ? [
        {
          setting: 'min.insync.replicas',
          value: '2',
          suits: (actual: string) => Number(actual) >= 2 && Number(actual) < replicas,
          otherwise: 'warning' as const,
          why: 'below 2 one broken disk can lose what was committed; with all of them one broker down stops the work',
        },
      ]
    : []),
  {
    setting: 'unclean.leader.election.enable',
    value: 'false',
    suits: exactly('false'),
    otherwise: 'error',
    why: 'a broker that had fallen behind could take over and lose what was committed',
  },
];

/**
 * Every setting that matters of a topic, as we create it and as it must at least be. `replicas`: how many it has or will
 * have, where known; `bytes`: its largest batch.
 */
export const topicSettings = (of: {
  readonly role: Role;
  readonly isCompacted: boolean;
  readonly time: TimeMode;
  readonly timestamps: 'append' | 'create';
  readonly bytes: number;
  readonly replicas: number | undefined;
}): readonly Wanted[] => [
  ...cleanup(of.isCompacted),
  ...(of.isCompacted ? [] : retention(of.role, of.time)),
  ...timestamps(of.timestamps),
  size(of.role, of.bytes),
  ...segments(of.role),
  ...safety(of.replicas),
];
