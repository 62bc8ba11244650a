import { describe, expect, it } from 'vitest';
import { streamingStage } from '../../src/streaming/stage.ts';
import type { Issue } from '../../src/topics/issues.ts';
import { streamingPlayback } from '../../src/topics/streaming-playback.ts';
import type { PlaybackEvent } from '../../src/topics/streaming-playback.ts';
import { after, dayMs, instant } from '../../src/values/time.ts';
import { FakeTask } from '../support/fake-task.ts';
import { eight, end, heartbeat, stall, start } from './a-playback.ts';

const play = (task: FakeTask, ...events: readonly PlaybackEvent[]): FakeTask => {
  for (const event of events) task.fold(streamingPlayback, event, instant(Date.parse(event.observedAt)));
  return task;
};
const issuesOf = (task: FakeTask): readonly Issue[] => task.emitted.map(({ value }) => value as Issue);

/** Two minutes of stalls in a film of ten. */
const stuttering = [start(0), heartbeat(600, 600_000), stall(601, 60_000), stall(602, 60_000)];

describe('the streaming stage', () => {
  it('opens an issue for a rented film that stuttered, and leaves its price to care', () => {
    const task = play(new FakeTask(streamingStage({}, 120 * dayMs)), ...stuttering, end(700));
    expect(issuesOf(task)).toEqual([]);
    task.passTo(after(eight, dayMs));
    expect(issuesOf(task)).toMatchObject([
      {
        state: 'open',
        revision: 1,
        detector: 'slow-download',
        subject: 's1',
        customer: 'c1',
        components: [],
        context: { title: 't1', offer: 'rental', watchedAt: eight },
      },
    ]);
  });

  it('says nothing of one that played well', () => {
    const task = play(new FakeTask(streamingStage({}, 120 * dayMs)), start(0), heartbeat(600, 600_000), end(700));
    task.passTo(after(eight, dayMs));
    expect(task.emitted).toEqual([]);
  });

  it('closes what it found when the viewer goes on watching after a long silence, and finds it again under the same id', () => {
    const task = play(new FakeTask(streamingStage({}, 120 * dayMs)), ...stuttering, heartbeat(2_000, 60_000), end(2_100));
    task.passTo(after(eight, dayMs));
    expect(issuesOf(task).map((one) => `${one.state} ${one.revision} ${one.finding.absence}`)).toEqual([
      'open 1 true',
      'closed 2 true',
      'open 3 false',
    ]);
    expect(new Set(issuesOf(task).map((one) => one.id)).size).toBe(1);
  });

  it('takes thresholds from the policy', () => {
    const task = play(
      new FakeTask(streamingStage({ 'slow-download': { stalledShare: 0.01 } }, 120 * dayMs)),
      start(0),
      heartbeat(600, 600_000),
      stall(601, 5_000),
      stall(602, 5_000),
      end(700),
    );
    task.passTo(after(eight, dayMs));
    expect(issuesOf(task)).toHaveLength(1);
  });
});
