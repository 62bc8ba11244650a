import { describe, expect, it } from 'vitest';
import type { Configured, Judgement } from '../../src/detection/detector.ts';
import { nextWake, noWatches, track, trackWhatIsOver } from '../../src/detection/track.ts';
import type { Said, Watches } from '../../src/detection/track.ts';
import type { Finding } from '../../src/topics/issues.ts';
import { issueIdOf } from '../../src/values/ids.ts';
import { instant } from '../../src/values/time.ts';

const finding = (armedBy: string, reason = 'late', numbers: Record<string, number> = {}): Finding => ({
  reason,
  armedBy,
  since: instant(5),
  absence: true,
  numbers,
  evidence: [],
  cohorts: [],
});

/** A detector that says what the subject says. */
const echo: Configured<Judgement> = { name: 'echo', judge: (subject) => subject };
const other: Configured<Judgement> = { name: 'other', judge: () => ({ wakeAt: instant(70) }) };

/** What is said when the same subject is judged as each of these in turn. */
const tell = (
  ...judgements: readonly Judgement[]
): { readonly said: readonly string[]; readonly all: readonly Said[]; readonly watches: Watches } => {
  const all: Said[] = [];
  let watches = noWatches;
  for (const judgement of judgements) watches = track([echo], judgement, 's1', watches, instant(10), (said) => all.push(said)).watches;
  return { said: all.map((one) => `${one.change} ${one.finding.armedBy} ${one.revision} ${one.finding.reason}`), all, watches };
};

describe('an issue of a subject of which something is unread', () => {
  const over = (now: Judgement): readonly string[] => {
    const said: Said[] = [];
    trackWhatIsOver([echo], now, tell({ finding: finding('p1') }).watches, instant(20), (one) => said.push(one));
    return said.map((one) => `${one.change} ${one.finding.armedBy} ${one.revision} ${one.finding.stands ?? ''}`);
  };

  it('closes when nothing is found any more, and says whether it stands', () => {
    expect(over({})).toEqual(['closed p1 2 ']);
    expect(over({ stands: true })).toEqual(['closed p1 2 true']);
  });

  it('closes when it is armed by something else now, and nothing new opens', () => {
    expect(over({ finding: finding('p2') })).toEqual(['closed p1 2 ']);
    expect(trackWhatIsOver([echo], { finding: finding('p1') }, noWatches, instant(20), () => {})).toBe(noWatches);
  });

  it('stays as it was while the same is found, for whatever reason', () => {
    expect(over({ finding: finding('p1', 'declared') })).toEqual([]);
  });
});

describe('an issue', () => {
  it('opens with what is found, under the id of its problem', () => {
    const { said, all } = tell({ finding: finding('p1') });
    expect(said).toEqual(['opened p1 1 late']);
    expect(all[0]?.issue).toBe(issueIdOf('echo', 's1', 'p1'));
  });

  it('is not spoken of again while only its numbers move', () => {
    expect(tell({ finding: finding('p1', 'late', { lateMs: 1 }) }, { finding: finding('p1', 'late', { lateMs: 2 }) }).said).toEqual([
      'opened p1 1 late',
    ]);
  });

  it('changes when its reason does', () => {
    expect(tell({ finding: finding('p1', 'silent') }, { finding: finding('p1', 'declared') }).said).toEqual([
      'opened p1 1 silent',
      'changed p1 2 declared',
    ]);
  });

  it('closes by itself when nothing is found any more, telling what it was', () => {
    expect(tell({ finding: finding('p1') }, {}).said).toEqual(['opened p1 1 late', 'closed p1 2 late']);
  });

  it('says when it closes whether it stands: nothing is wrong any more, but it was', () => {
    expect(tell({ finding: finding('p1') }, { stands: true }).all.map(({ finding: { stands } }) => stands)).toEqual([undefined, true]);
    expect(tell({ finding: finding('p1') }, {}).all.map(({ finding: { stands } }) => stands)).toEqual([undefined, undefined]);
  });

  it('that comes back keeps its id and goes on counting', () => {
    const { said, all } = tell({ finding: finding('p1') }, {}, {}, { finding: finding('p1') });
    expect(said).toEqual(['opened p1 1 late', 'closed p1 2 late', 'opened p1 3 late']);
    expect(all[2]?.issue).toBe(all[0]?.issue);
  });

  it('closes and another opens when another event armed it', () => {
    const { said, all } = tell({ finding: finding('p1') }, { finding: finding('p2') });
    expect(said).toEqual(['opened p1 1 late', 'closed p1 2 late', 'opened p2 3 late']);
    expect(all[2]?.issue).not.toBe(all[0]?.issue);
  });

  it('that comes back after another one still has a higher revision than it ever had', () => {
    expect(tell({ finding: finding('p1') }, { finding: finding('p2') }, { finding: finding('p1') }).said.slice(3)).toEqual([
      'closed p2 4 late',
      'opened p1 5 late',
    ]);
  });

  it('survives a restart in JSON', () => {
    const { watches } = tell({ finding: finding('p1') });
    const said: Said[] = [];
    track([echo], {}, 's1', JSON.parse(JSON.stringify(watches)) as Watches, instant(10), (one) => said.push(one));
    expect(said.map((one) => `${one.change} ${one.revision}`)).toEqual(['closed 2']);
  });
});

describe('a look at a subject', () => {
  it('is wanted again when the least patient detector wants it', () => {
    expect(track([echo, other], { wakeAt: instant(90) }, 's1', noWatches, instant(10), () => {}).wakeAt).toBe(70);
    expect(track([echo, other], { wakeAt: instant(60) }, 's1', noWatches, instant(10), () => {}).wakeAt).toBe(60);
  });

  it('leaves the memory as it is when nothing changed, so that no row is written', () => {
    const { watches } = tell({ finding: finding('p1') });
    expect(track([echo], { finding: finding('p1') }, 's1', watches, instant(11), () => {}).watches).toBe(watches);
  });

  it('stops on a detector that asks for a time that is not later', () => {
    expect(() => track([echo], { wakeAt: instant(10) }, 's1', noWatches, instant(10), () => {})).toThrow('echo asks to be woken');
  });
});

describe('after folding, the next look', () => {
  it('is at once when something would be found', () => {
    expect(nextWake([echo], { finding: finding('p1') }, noWatches, instant(10))).toBe(10);
  });

  it('is at once while an issue is open, which may close', () => {
    expect(nextWake([echo], {}, tell({ finding: finding('p1') }).watches, instant(10))).toBe(10);
  });

  it('is when a detector asks for it, after an issue has closed', () => {
    expect(nextWake([echo, other], { wakeAt: instant(90) }, tell({ finding: finding('p1') }, {}).watches, instant(10))).toBe(70);
  });

  it('is never when no detector asks', () => {
    expect(nextWake([echo], {}, noWatches, instant(10))).toBeUndefined();
  });
});
