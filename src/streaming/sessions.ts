import type { Watches } from '../detection/track.ts';
import { noWatches } from '../detection/track.ts';
import type { Table } from '../engine/stage.ts';
import { invariant } from '../values/invariant.ts';
import type { Instant } from '../values/time.ts';
import type { Session } from './session.ts';

/** A session, what was found about it, and when to look at it again. */
export interface SessionRow {
  readonly session: Session;
  readonly watches: Watches;
  readonly wakeAt: Instant | undefined;
}

interface Packed {
  readonly session: Session;
  readonly watches?: Watches;
  readonly wakeAt?: Instant;
}

/** By session. */
export const sessions: Table<SessionRow> = {
  name: 'sessions',
  version: 1,
  pack: ({ session, watches, wakeAt }): Packed => ({
    session,
    ...(watches !== noWatches && { watches }),
    ...(wakeAt !== undefined && { wakeAt }),
  }),
  upcast(from, stored) {
    invariant(from === 1, `sessions of version ${from}`);
    const { session, watches, wakeAt } = stored as Packed;
    return { session, watches: watches ?? noWatches, wakeAt };
  },
  // Rows of before sessions were forgotten may ask for nothing: they are looked at once.
  wakeAt: (row) => row.wakeAt ?? row.session.heardAt,
};
