import { announce } from '../detection/announce.ts';
import { configureAll } from '../detection/configure-all.ts';
import { forgetAt } from '../detection/forget-at.ts';
import type { Said } from '../detection/track.ts';
import { nextWake, noWatches, track, trackWhatIsOver } from '../detection/track.ts';
import type { Stage } from '../engine/stage.ts';
import { input, rows } from '../engine/stage.ts';
import type { Topic } from '../formats/topic.ts';
import type { Issue } from '../topics/issues.ts';
import { issues } from '../topics/issues.ts';
import { streamingPlayback } from '../topics/streaming-playback.ts';
import { after, instant } from '../values/time.ts';
import { streamingDetectors } from './detectors.ts';
import { foldEvent } from './fold-event.ts';
import type { Session } from './session.ts';
import { sessions } from './sessions.ts';

/**
 * The streaming stage: folds what players report into a row a session, says what its detectors find, and forgets a session
 * of which nothing can be concluded any more. `settings` is the policy's `detectors` map, `claimWindowMs` its claim window. Throws AMENDS_POLICY_INVALID when a detector doesn't understand its own part.
 */
export const streamingStage = (settings: Readonly<Record<string, unknown>>, claimWindowMs: number): Stage => {
  const detectors = configureAll(streamingDetectors, settings);
  return {
    name: 'streaming',
    inputs: [
      input(streamingPlayback, (event, at, task) => {
        const key = event.session;
        const row = task.get(sessions, key);
        const session = foldEvent(row?.session, event, at, (flag) => task.tell({ name: 'ScanFlagged', flag, subject: key }));
        if (session === row?.session) return;
        if (row === undefined && after(session.lastAt, claimWindowMs) < at.time) {
          task.tell({ name: 'RecordTooOld', stage: 'streaming', topic: at.topic, subject: key });
          return;
        }
        const watches = row?.watches ?? noWatches;
        const wakeAt = nextWake(detectors, session, watches, at.time) ?? forgetAt(watches, session.heardAt, claimWindowMs);
        task.put(sessions, key, { session, watches, wakeAt });
      }),
    ],
    rows: [
      rows(
        sessions,
        (key, row, task) => {
          const { session } = row;
          let rested = session.heardAt;
          const say = (said: Said): void => {
            rested = instant(Math.max(rested, task.now));
            announce(task, said, aboutOf(key, session));
          };
          if (!task.silence) {
            const left = trackWhatIsOver(detectors, session, row.watches, task.now, say);
            if (left !== row.watches) task.put(sessions, key, { ...row, watches: left });
            return;
          }
          const { watches, wakeAt } = track(detectors, session, key, row.watches, task.now, say);
          const nextAt = wakeAt ?? forgetAt(watches, rested, claimWindowMs);
          task.put(sessions, key, nextAt > task.now ? { session, watches, wakeAt: nextAt } : undefined);
        },
        { whenHeld: true },
      ),
    ],
    upstream: [],
    outputs: [issues as unknown as Topic<never>],
  };
};

/** No components: care finds what the title cost in its own books. */
const aboutOf = (key: string, session: Session): Pick<Issue, 'subject' | 'customer' | 'components' | 'context'> => ({
  subject: key,
  customer: session.customer,
  components: [],
  context: { title: session.title, offer: session.offer, watchedAt: session.startedAt ?? session.lastAt },
});
