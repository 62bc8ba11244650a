import type { LogRecord } from '../../src/engine/log.ts';
import type { TimeMode } from '../../src/engine/changelog.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Instant } from '../../src/values/time.ts';

/** What the faults of a run allow to be missing, because the pipeline is to hold it. Nothing false or twice is ever allowed. */
export interface Weakened {
  /** True: commands, issues and decisions may be missing, and so may rows differ. What was ordered must be right all the same. */
  readonly missingAllowed: boolean;
  /** Subjects (of detectors) of which records could not be read or came to the wrong place: what is about them may be held. */
  readonly subjects: ReadonlySet<string>;
  /**
   * Subjects of which records were trimmed before anybody could read them. A gap holds what was last seen before it, but once
   * more is heard of such a subject it is judged by what was read, and what was open before stays so: that isn't promised.
   */
  readonly unread: ReadonlySet<string>;
  /** Which faults, and what the pipeline holds because of them; empty where nothing may be missing. */
  readonly why: readonly string[];
}

/** All that one run of the simulation leaves for the oracle to judge. */
export interface Observed {
  readonly mode: TimeMode;
  readonly policy: Policy & { readonly hash: string };
  readonly act: boolean;
  readonly partitions: number;
  /** How many they were in the end, where some were added: to a process that starts then, what was written before may lie elsewhere. */
  readonly partitionsInTheEnd?: number;
  /** By topic: every committed record that others wrote, in the order of appending, controls and ticks too, also what was trimmed since. */
  readonly inputs: ReadonlyMap<string, readonly LogRecord[]>;
  /** By topic: every committed record of `amends.issues`, the `remedy.*` topics and `amends.dead-letters`, by partition and offset. */
  readonly outputs: ReadonlyMap<string, readonly LogRecord[]>;
  /** By changelog topic: every committed record kept. The latest of each key is the state. */
  readonly changelogs: ReadonlyMap<string, readonly LogRecord[]>;
  /** All tasks were brought to this clock: what is due strictly before is concluded. */
  readonly until: Instant;
  readonly weakened: Weakened;
}
