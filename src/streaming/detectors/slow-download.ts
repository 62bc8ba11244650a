import { z } from 'zod';
import { commonSettings } from '../../detection/common-settings.ts';
import type { Detector } from '../../detection/detector.ts';
import { nothing } from '../../detection/detector.ts';
import { durationMs } from '../../formats/duration.ts';
import { streamingPlayback } from '../../topics/streaming-playback.ts';
import type { Position } from '../../values/record.ts';
import type { Instant } from '../../values/time.ts';
import { after, minuteMs } from '../../values/time.ts';
import type { Session } from '../session.ts';

const share = z.number().positive().max(1);

/**
 * Sources. P.1203: the ITU-T P.1203 open dataset (Robitza et al., MMSys 2018), databases TR04 and TR06, 164 playbacks of
 * 1 and 3 minutes with the mean opinion score (MOS) of about 25 viewers each. Krishnan: Krishnan and Sitaraman, "Video
 * Stream Quality Impacts Viewer Behavior", IMC 2012, 23 million views.
 */
const settings = z.strictObject({
  ...commonSettings,
  /** How long nothing must come for a session to count as over. Default PT10M: chosen, several heartbeats of any player. */
  sessionGap: durationMs.prefault('PT10M'),
  /** Less than this, played and stalled together, is a peek and not judged. Default PT1M: P.1203's shortest playbacks; nothing was measured below. */
  minWatched: durationMs.prefault('PT1M'),
  /** Only what was paid for by itself. */
  offers: z
    .array(z.enum(['rental', 'purchase', 'subscription', 'free']))
    .min(1)
    .default(['rental', 'purchase']),
  /**
   * Of the time watched, stood still, in at least `stalls` stalls. Default 0.1 and 2. In P.1203 all 10 playbacks with two
   * stalls (shares 0.118 and 0.29) scored below 2.5 (mean 1.7); of 66 with one stall (shares 0.08 to 0.25) 12 scored below
   * 3, and every group of them (by length of stall and bitrate) but one of 4 averaged above 3. The two-stall playbacks also
   * had low bitrates, at which 18 without any stall averaged 2.2: stalls took 0.3 to 0.75 of it.
   */
  stalledShare: share.default(0.1),
  stalls: z.number().int().positive().default(2),
  /** However few stalls. Default 0.33: chosen above all that P.1203 has, since one stall of a quarter of the time still averaged 3.1 (n = 6). */
  stalledShareAlone: share.default(0.33),
  /** Stood still in all, in at least `stalls` stalls, however long the film. Default PT3M: chosen; of a film of two hours that is 2.5 %, where 1 % makes viewers watch 5 % less (Krishnan). */
  stalledTotal: durationMs.prefault('PT3M'),
  /**
   * Of the time played, with less throughput than bitrate; together with `stalls` stalls and half of `stalledShare`.
   * Default 0.5: chosen. Alone it says nothing: a full buffer hides it from the viewer.
   */
  starvedShare: share.default(0.5),
  /** The wait for the first picture, of a title that was then watched. Default PT30S: chosen; P.1203 has waits up to 10 s, which did little harm. */
  startup: durationMs.prefault('PT30S'),
  /** The wait after which one who never saw a picture was driven away. Default PT10S: viewers leave from 2 s on, 5.8 % more with each second (Krishnan). */
  abandonedStart: durationMs.prefault('PT10S'),
});
type Settings = z.output<typeof settings>;

/** A session that lay open longer than this without a picture was left by its viewer, who wasn't waiting. */
const longestWaitMs = 10 * minuteMs;

const waitedMs = (session: Session): number => {
  const { startedAt, endedAt } = session;
  const openMs = startedAt === undefined || endedAt === undefined ? 0 : endedAt - startedAt;
  return Math.max(session.startupMs, openMs > longestWaitMs ? 0 : openMs);
};

const stalledShareOf = (session: Session): number => session.stalledMs / Math.max(1, session.playedMs + session.stalledMs);
const starvedShareOf = (session: Session): number => session.starvedMs / Math.max(1, session.playedMs);

const reasonOf = (session: Session, of: Settings): string | undefined => {
  if (session.playedMs === 0 && session.farthestMs === 0 && session.endedWhy !== 'finished')
    return waitedMs(session) >= of.abandonedStart ? 'never-started' : undefined;
  if (session.playedMs + session.stalledMs < of.minWatched) return undefined;
  const stalledShare = stalledShareOf(session);
  const repeatedly = session.stalls >= of.stalls;
  if (stalledShare >= of.stalledShareAlone) return 'stalled';
  if (repeatedly && (stalledShare >= of.stalledShare || session.stalledMs >= of.stalledTotal)) return 'stalled';
  if (repeatedly && stalledShare >= of.stalledShare / 2 && starvedShareOf(session) >= of.starvedShare) return 'starved';
  return session.startupMs >= of.startup ? 'slow-start' : undefined;
};

const evidenceOf = (session: Session): Position[] => {
  const places = [...(session.started ? [session.started] : []), ...session.worst, session.last];
  const byOffset = new Map(places.map(({ partition, offset }) => [offset, { topic: streamingPlayback.name, partition, offset }]));
  return [...byOffset.values()];
};

const cohortsOf = (session: Session): string[] => [
  `title:${session.title}`,
  ...(session.cdn === undefined ? [] : [`cdn:${session.cdn}`.slice(0, 200)]),
  ...(session.isp === undefined ? [] : [`isp:${session.isp}`.slice(0, 200)]),
];

/** When a session is over, or will be if nothing comes. */
const overAt = (session: Session, { sessionGap, proofGrace }: Settings): Instant =>
  session.endedAt ?? after(session.heardAt, sessionGap + proofGrace);

/**
 * A title that was paid for, and was too slow to watch.
 *
 * Looks at: the sums of a session, once it has ended or nothing came for `sessionGap`.
 * Thresholds: share and total of time stalled, number of stalls, share of time starved, wait for the first picture.
 * Armed by the session's start, of which it has one, so the session's key is all of the id. True since the end, or
 * the last event.
 * Reasons: `never-started`, `stalled`, `starved`, `slow-start`.
 */
export const slowDownload: Detector<Session, Settings> = {
  name: 'slow-download',
  settings,
  judge(session, now, of) {
    if (!of.offers.includes(session.offer)) return nothing;
    const over = overAt(session, of);
    if (session.endedAt === undefined && now < over) return { wakeAt: over };
    const reason = reasonOf(session, of);
    if (reason === undefined) return nothing;
    const played = Math.max(1, session.playedMs);
    return {
      finding: {
        reason,
        armedBy: 'start',
        since: session.endedAt ?? session.lastAt,
        absence: session.endedAt === undefined,
        numbers: {
          playedMs: session.playedMs,
          stalledMs: session.stalledMs,
          stalls: session.stalls,
          stalledShare: round(stalledShareOf(session)),
          starvedShare: round(starvedShareOf(session)),
          startupMs: session.startupMs,
          waitedMs: waitedMs(session),
          throughputKbps: Math.round(session.throughputSum / played),
          bitrateKbps: Math.round(session.bitrateSum / played),
        },
        evidence: evidenceOf(session),
        cohorts: cohortsOf(session),
      },
    };
  },
};

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
