import { expect, it } from 'vitest';
import { sessions } from '../../src/streaming/sessions.ts';
import { streamingStage } from '../../src/streaming/stage.ts';
import { streamingPlayback } from '../../src/topics/streaming-playback.ts';
import { after, dayMs, instant } from '../../src/values/time.ts';
import { FakeTask } from '../support/fake-task.ts';
import { eight, end, heartbeat, stall, start } from './a-playback.ts';

const windowMs = 120 * dayMs;
const evening = (...events: readonly ReturnType<typeof start>[]): FakeTask => {
  const task = new FakeTask(streamingStage({}, windowMs));
  for (const event of events) task.fold(streamingPlayback, event, instant(Date.parse(event.observedAt)));
  return task;
};
const fine = (): FakeTask => evening(start(0), heartbeat(600, 600_000), end(700));
const stuttering = (): FakeTask => evening(start(0), heartbeat(300, 280_000), stall(350, 60_000), stall(450, 60_000), end(700));
const isKnown = (task: FakeTask): boolean => task.get(sessions, 's1') !== undefined;

it('an evening that went well is known for a claim window, and then forgotten', () => {
  const task = fine();
  task.passTo(after(eight, windowMs));
  expect(isKnown(task)).toBe(true);
  task.passTo(after(eight, windowMs + dayMs));
  expect(isKnown(task)).toBe(false);
});

it('one that did not, which nothing can mend, is known for two', () => {
  const task = stuttering();
  task.passTo(after(eight, 2 * windowMs));
  expect(isKnown(task)).toBe(true);
  task.passTo(after(eight, 2 * windowMs + dayMs));
  expect(isKnown(task)).toBe(false);
  expect(task.emitted).toHaveLength(1);
});

it('what a player sends again after that is counted, and is no new evening', () => {
  const task = stuttering();
  const again = after(eight, 2 * windowMs + dayMs);
  for (const event of [start(0), stall(350, 60_000), stall(450, 60_000), end(700)]) task.fold(streamingPlayback, event, again);
  expect(isKnown(task)).toBe(false);
  expect(task.told.filter(({ name }) => name === 'RecordTooOld')).toHaveLength(4);
  task.passTo(after(again, dayMs));
  expect(task.emitted).toHaveLength(1);
});
