import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slowDownload } from '../../../src/streaming/detectors/slow-download.ts';
import type { Session } from '../../../src/streaming/session.ts';
import type { Instant } from '../../../src/values/time.ts';
import { after, dayMs, minuteMs } from '../../../src/values/time.ts';
import { eight, end, heartbeat, playback, stall, start } from '../a-playback.ts';

const judge = (session: Session, now: Instant = after(eight, dayMs), settings: unknown = {}) =>
  slowDownload.judge(session, now, slowDownload.settings.parse(settings));
const reason = (session: Session, settings: unknown = {}) => judge(session, after(eight, dayMs), settings).finding?.reason;

/** Ten minutes of film in which it stood still as often as told. */
const film = (...stalledMs: readonly number[]): Session =>
  playback(start(0), heartbeat(600, 600_000), ...stalledMs.map((ms, index) => stall(100 + index, ms)), end(700));

describe('a film', () => {
  it('that played well is not slow', () => {
    expect(judge(film())).toEqual({});
  });

  it('is slow when it stood still a tenth of the time, more than once', () => {
    // 600 s played: a tenth of the whole is 66.7 s.
    expect(reason(film(33_000, 33_000))).toBeUndefined();
    expect(reason(film(33_400, 33_400))).toBe('stalled');
  });

  it('is not slow for one stall of a tenth, but for one of a third', () => {
    expect(reason(film(67_000))).toBeUndefined();
    expect(reason(film(290_000))).toBeUndefined();
    expect(reason(film(299_000))).toBe('stalled');
  });

  it('is slow when it stood still three minutes, however long it is', () => {
    const long = (ms: number): Session =>
      playback(start(0), heartbeat(7_200, 7_200_000), stall(100, 90_000), stall(200, ms), end(7_400, 'finished'));
    expect(reason(long(89_000))).toBeUndefined();
    expect(reason(long(90_000))).toBe('stalled');
  });

  it('is slow when the network starved it half of the time, and it stood still twice', () => {
    const starved = (ms: number): Session =>
      playback(
        start(0),
        heartbeat(300, ms, { throughputKbps: 3_999 }),
        heartbeat(600, 600_000 - ms),
        stall(100, 16_000),
        stall(200, 16_000),
        end(700),
      );
    expect(reason(starved(299_000))).toBeUndefined();
    expect(reason(starved(300_000))).toBe('starved');
  });

  it('is not slow because the network was, when the buffer hid it', () => {
    expect(reason(playback(start(0), heartbeat(600, 600_000, { throughputKbps: 100 }), end(700)))).toBeUndefined();
  });

  it('is slow when the first picture took half a minute', () => {
    expect(reason(playback(start(0, 29_999), heartbeat(600, 600_000), end(700)))).toBeUndefined();
    expect(reason(playback(start(0, 30_000), heartbeat(600, 600_000), end(700)))).toBe('slow-start');
  });

  it('that was only peeked at is not judged', () => {
    expect(reason(playback(start(0), heartbeat(30, 20_000), stall(5, 20_000), stall(6, 19_000), end(60)))).toBeUndefined();
    expect(reason(playback(start(0), heartbeat(30, 20_000), stall(5, 20_000), stall(6, 20_000), end(60)))).toBe('stalled');
  });

  it('that nobody paid for by itself is not judged', () => {
    const session = film(60_000, 60_000);
    expect(reason({ ...session, offer: 'subscription' })).toBeUndefined();
    expect(reason({ ...session, offer: 'purchase' })).toBe('stalled');
    expect(reason({ ...session, offer: 'subscription' }, { offers: ['subscription'] })).toBe('stalled');
  });
});

describe('a film that never began', () => {
  it('is slow when its viewer left after ten seconds of waiting', () => {
    expect(reason(playback(start(0, 0), end(9.999, 'abandoned', 0)))).toBeUndefined();
    expect(reason(playback(start(0, 0), end(10, 'abandoned', 0)))).toBe('never-started');
    expect(reason(playback(start(0, 10_000), end(2, 'abandoned', 0)))).toBe('never-started');
  });

  it('is not slow when its viewer left it open and went away', () => {
    expect(reason(playback(start(0, 500), end(3_600, 'abandoned', 0)))).toBeUndefined();
  });

  it('did begin when the player had got somewhere', () => {
    expect(reason(playback(start(0, 12_000), end(30, 'abandoned', 15_000)))).toBeUndefined();
  });
});

describe('a session', () => {
  it('is judged at its end, since its end', () => {
    expect(judge(film(60_000, 60_000), after(eight, 700_000)).finding).toMatchObject({
      armedBy: 'start',
      since: after(eight, 700_000),
      absence: false,
      numbers: {
        playedMs: 600_000,
        stalledMs: 120_000,
        stalls: 2,
        stalledShare: 0.167,
        starvedShare: 0,
        throughputKbps: 8_000,
        bitrateKbps: 4_000,
      },
      cohorts: ['title:t1'],
    });
  });

  it('that just stops is judged when nothing came for ten minutes and the proof, since its last event', () => {
    const session = playback(start(0, 800), heartbeat(600, 600_000), stall(601, 60_000), stall(602, 60_000));
    const over = after(eight, 602_000 + 11 * minuteMs);
    expect(judge(session, after(over, -1))).toEqual({ wakeAt: over });
    expect(judge(session, over).finding).toMatchObject({ reason: 'stalled', since: after(eight, 602_000), absence: true });
  });

  it('says through which network it came', () => {
    const session = playback(
      start(0, 800, { cdn: 'edge-1', isp: 'T' }),
      heartbeat(600, 600_000),
      stall(601, 60_000),
      stall(602, 60_000),
      end(700),
    );
    expect(judge(session).finding?.cohorts).toEqual(['title:t1', 'cdn:edge-1', 'isp:T']);
  });
});

interface Rated {
  readonly mos: number;
  readonly stalls: readonly { readonly atMediaSecond: number; readonly seconds: number }[];
  readonly perSecond: readonly unknown[];
}

const folder = process.env.AMENDS_DATA;

describe.skipIf(folder === undefined)('the defaults, on playbacks that people rated (AMENDS_DATA)', () => {
  const rated =
    folder === undefined
      ? []
      : readFileSync(join(folder, 'p1203', 'sessions.ndjson'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Rated);
  const asSession = ({ stalls, perSecond }: Rated): Session =>
    playback(
      start(
        0,
        stalls.filter(({ atMediaSecond }) => atMediaSecond === 0).reduce((sum, { seconds }) => sum + seconds * 1_000, 0),
      ),
      heartbeat(600, perSecond.length * 1_000),
      ...stalls.filter(({ atMediaSecond }) => atMediaSecond > 0).map(({ atMediaSecond, seconds }) => stall(atMediaSecond, seconds * 1_000)),
      end(700),
    );
  // The shortest has 57 s, with 12 s of stalls; 59 s without any would be a peek.
  const slow = rated.filter((one) => reason(asSession(one)) !== undefined);

  it('find only what its viewers called bad', () => {
    expect(slow.length).toBeGreaterThanOrEqual(5);
    expect(slow.filter(({ mos }) => mos >= 3)).toEqual([]);
  });

  it('find all that stood still twice', () => {
    const twice = rated.filter(({ stalls }) => stalls.filter(({ atMediaSecond }) => atMediaSecond > 0).length >= 2);
    expect(slow).toHaveLength(twice.length);
  });
});
