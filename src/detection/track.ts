import type { Finding } from '../topics/issues.ts';
import type { IssueId } from '../values/ids.ts';
import { issueIdOf } from '../values/ids.ts';
import { invariant } from '../values/invariant.ts';
import type { Instant } from '../values/time.ts';
import { earliest } from '../values/time.ts';
import type { Configured, Judgement } from './detector.ts';

/** What is remembered of one detector and one subject. */
export interface Watch {
  /** Rises with everything said and is never reset: of two records of an issue the one with the higher revision is newer, also after it closed and opened again. */
  readonly revision: number;
  /** The issue that is open, and what was said of it last. */
  readonly open?: { readonly issue: IssueId; readonly finding: Finding };
}

/** By detector; it lives in the subject's row. A detector that never found anything has no entry. */
export type Watches = Readonly<Record<string, Watch>>;

/** Nothing was ever found. */
export const noWatches: Watches = Object.freeze({});

/** A change of an issue that others must hear of. When it closes, `finding` is what was said of it last, and whether it `stands`. */
export interface Said {
  readonly change: 'opened' | 'changed' | 'closed';
  readonly issue: IssueId;
  readonly revision: number;
  readonly detector: string;
  readonly finding: Finding;
}

/** What `track` concluded: what to remember, and when the least patient detector wants to be asked again. */
export interface Tracked {
  readonly watches: Watches;
  readonly wakeAt: Instant | undefined;
}

/**
 * Asks each detector and says what changed since the last time: a finding opens an issue, another reason changes it,
 * another arming event closes it and opens a new one, no finding closes it. Numbers alone change nothing, for they move
 * with every look. `key` is the subject's, part of the issue's id. Concludes, so only `wake` may call it.
 */
export const track = <Subject>(
  detectors: readonly Configured<Subject>[],
  subject: Readonly<Subject>,
  key: string,
  watches: Watches,
  now: Instant,
  say: (said: Said) => void,
): Tracked => {
  let kept = watches;
  let wakeAt: Instant | undefined;
  for (const detector of detectors) {
    const { name } = detector;
    const judgement = detector.judge(subject, now);
    invariant(judgement.wakeAt === undefined || judgement.wakeAt > now, `${name} asks to be woken at ${judgement.wakeAt}, after ${now}`);
    wakeAt = earliest(wakeAt, judgement.wakeAt);
    const watch = step(name, key, kept[name], judgement, say);
    if (watch && watch !== kept[name]) kept = { ...kept, [name]: watch };
  }
  return { watches: kept, wakeAt };
};

/**
 * As `track`, for a subject of which something is unread: silence proves nothing then, and what is known may be old. Only what
 * is over for certain is said: an open issue that there is nothing left of, or whose arming event is no longer the last.
 */
export const trackWhatIsOver = <Subject>(
  detectors: readonly Configured<Subject>[],
  subject: Readonly<Subject>,
  watches: Watches,
  now: Instant,
  say: (said: Said) => void,
): Watches => {
  let kept = watches;
  for (const detector of detectors) {
    const { name } = detector;
    const watch = kept[name];
    if (!watch?.open) continue;
    const { finding, stands } = detector.judge(subject, now);
    if (finding?.armedBy === watch.open.finding.armedBy) continue;
    const over = step(name, '', watch, stands ? { stands } : {}, say);
    if (over) kept = { ...kept, [name]: over };
  }
  return kept;
};

const step = (
  detector: string,
  key: string,
  watch: Watch | undefined,
  { finding, stands }: Judgement,
  say: (said: Said) => void,
): Watch | undefined => {
  let revision = watch?.revision ?? 0;
  let open = watch?.open;
  if (open && finding && open.finding.armedBy === finding.armedBy) {
    if (open.finding.reason === finding.reason) return watch;
    open = { issue: open.issue, finding };
    revision += 1;
    say({ change: 'changed', issue: open.issue, revision, detector, finding });
    return { revision, open };
  }
  if (open) {
    revision += 1;
    say({ change: 'closed', issue: open.issue, revision, detector, finding: stands ? { ...open.finding, stands } : open.finding });
    open = undefined;
  } else if (!finding) return watch;
  if (!finding) return { revision };
  open = { issue: issueIdOf(detector, key, finding.armedBy), finding };
  revision += 1;
  say({ change: 'opened', issue: open.issue, revision, detector, finding });
  return { revision, open };
};

/**
 * When a subject that has just been folded at `at` must be looked at: at once where an issue is open (it may close or
 * change) or something would be found, else when the least patient detector asks for it. Concludes nothing.
 */
export const nextWake = <Subject>(
  detectors: readonly Configured<Subject>[],
  subject: Readonly<Subject>,
  watches: Watches,
  at: Instant,
): Instant | undefined => {
  if (watches !== noWatches) for (const name in watches) if (watches[name]?.open) return at;
  let wakeAt: Instant | undefined;
  for (const detector of detectors) {
    const judgement = detector.judge(subject, at);
    if (judgement.finding) return at;
    wakeAt = earliest(wakeAt, judgement.wakeAt);
  }
  return wakeAt;
};
