import type { TopicNeeded } from '../../engine/topics.ts';
import { durationInWords } from '../../values/duration.ts';
import type { Instant } from '../../values/time.ts';
import type { TopicKept } from './topic-kept.ts';

/** What a setting of Kafka says when it means "no limit". */
const unlimited = -1;

/** A setting in ms; undefined where it is absent, unlimited, or so long that it never matters (Kafka's default is 2^63 - 1). */
const limitMs = ({ configs }: TopicKept, name: string): number | undefined => {
  const text = configs.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  return value === unlimited || !Number.isFinite(value) || value > Number.MAX_SAFE_INTEGER ? undefined : value;
};

/**
 * Why a history from `first` to `last`, published at `now`, would not be found in these topics as it was: a line a reason.
 * Names and defaults of the settings: Kafka's topic configuration reference, 4.1; `message.timestamp.difference.max.ms` was
 * what there was before 3.6.
 */
export const reasonsAgainst = (of: {
  readonly needed: readonly TopicNeeded[];
  readonly kept: ReadonlyMap<string, TopicKept>;
  readonly first: Instant;
  readonly last: Instant;
  readonly now: Instant;
}): readonly string[] => {
  const { needed, kept, first, last, now } = of;
  const ageMs = now - first;
  const aheadMs = last - now;
  return needed.flatMap(({ name, timestamps }) => {
    const topic = kept.get(name);
    if (!topic || timestamps === 'append') return [];
    const reasons: string[] = [];
    const against = (setting: string, why: string): void => {
      reasons.push(`${name}: ${setting} is ${topic.configs.get(setting) ?? ''}: ${why}`);
    };
    if (topic.configs.get('message.timestamp.type') === 'LogAppendTime')
      against('message.timestamp.type', "the history's records would all get the time of today");
    const isDeleted = (topic.configs.get('cleanup.policy') ?? 'delete').includes('delete');
    const retention = limitMs(topic, 'retention.ms');
    if (isDeleted && retention !== undefined && ageMs > retention)
      against('retention.ms', `records ${durationInWords(ageMs)} old would be deleted within minutes`);
    for (const setting of ['message.timestamp.before.max.ms', 'message.timestamp.difference.max.ms']) {
      const before = limitMs(topic, setting);
      if (before !== undefined && ageMs > before) against(setting, `records ${durationInWords(ageMs)} old would be refused`);
    }
    for (const setting of ['message.timestamp.after.max.ms', 'message.timestamp.difference.max.ms']) {
      const ahead = limitMs(topic, setting);
      if (ahead !== undefined && aheadMs > ahead) against(setting, `records ${durationInWords(aheadMs)} ahead of today would be refused`);
    }
    return reasons;
  });
};
