import type { Instant } from '../values/time.ts';

/** A task's life; the engine's transition table says which may follow which. */
export type TaskState = 'claiming' | 'restoring' | 'running' | 'waiting' | 'halted' | 'closed';

/**
 * What happens in here, as opposed to events out there: everything that logs and metrics are told passes through this
 * type. Named noun + verb in the past. `stage` and `partition` name the task.
 */
export type Happening =
  | {
      readonly name: 'TaskStateChanged';
      readonly stage: string;
      readonly partition: number;
      readonly from: TaskState;
      readonly to: TaskState;
      readonly why: string;
    }
  | {
      readonly name: 'TransactionCommitted';
      readonly stage: string;
      readonly partition: number;
      readonly records: number;
      readonly woken: number;
      readonly tookMs: number;
    }
  | {
      readonly name: 'TransactionFailed';
      readonly stage: string;
      readonly partition: number;
      readonly outcome: 'aborted' | 'unknown' | 'fenced';
      readonly why: string;
    }
  | {
      readonly name: 'RecordsConsumed';
      readonly stage: string;
      readonly partition: number;
      readonly topic: string;
      readonly records: number;
    }
  | { readonly name: 'ClockMoved'; readonly stage: string; readonly partition: number; readonly clock: Instant }
  | { readonly name: 'ClockHeld'; readonly stage: string; readonly partition: number; readonly why: string }
  | { readonly name: 'LagMeasured'; readonly stage: string; readonly partition: number; readonly topic: string; readonly records: number }
  | {
      readonly name: 'RecordDeadLettered';
      readonly stage: string;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly name: 'RecordLate'; readonly stage: string; readonly topic: string; readonly partition: number; readonly offset: number }
  | {
      readonly name: 'SubjectQuarantined';
      readonly stage: string;
      readonly partition: number;
      readonly subject: string;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly name: 'SubjectReleased'; readonly stage: string; readonly partition: number; readonly subject: string }
  | {
      readonly name: 'GapFound';
      readonly stage: string;
      readonly partition: number;
      readonly topic: string;
      readonly kind: 'trimmed' | 'recreated';
    }
  | { readonly name: 'AbsenceStopped'; readonly stage: string; readonly partition: number; readonly code: string; readonly why: string }
  | { readonly name: 'AbsenceReleased'; readonly stage: string; readonly partition: number }
  | { readonly name: 'PermitRefused'; readonly stage: string; readonly partition: number }
  | {
      readonly name: 'IssueChanged';
      readonly change: 'opened' | 'changed' | 'closed';
      readonly detector: string;
      readonly subject: string;
      readonly issue: string;
      readonly reason: string;
      readonly at: Instant;
    }
  | {
      readonly name: 'DecisionMade';
      readonly outcome: string;
      readonly issue: string;
      readonly customer: string;
      readonly detector: string;
      readonly rule: string;
      readonly why: string;
      readonly at: Instant;
    }
  | {
      readonly name: 'CommandOrdered';
      readonly kind: string;
      readonly mode: string;
      readonly rule: string;
      readonly command: string;
      readonly customer: string;
      readonly amountMinor: number;
      readonly currency: string;
      readonly at: Instant;
    }
  | {
      readonly name: 'CommandDuplicated';
      readonly kind: string;
      readonly command: string;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    }
  | { readonly name: 'RecordTooOld'; readonly stage: string; readonly topic: string; readonly subject: string }
  | { readonly name: 'ScanFlagged'; readonly flag: string; readonly subject: string }
  | { readonly name: 'ServiceStarted' | 'ServiceWarned' | 'ServiceWaiting' | 'ServiceStopped'; readonly why: string };

/** Where happenings go. Never throws; never waits. */
export type Telemetry = (happening: Happening) => void;

/** For where nobody listens. */
export const silence: Telemetry = () => {};
