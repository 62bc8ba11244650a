import type { Checkpoint } from './changelog.ts';
import { noticeInput } from './dispatch.ts';
import type { Log, TopicDescription } from './log.ts';
import { Source } from './source.ts';
import type { Stage } from './stage.ts';
import type { Repartitioned } from './task-topics.ts';

/**
 * The input partitions of a task, each where the checkpoint left it, or at its beginning. Tells which topics were
 * created again since, and which have another number of partitions.
 */
export const openSources = async (of: {
  readonly log: Log;
  readonly stage: Stage;
  readonly partition: number;
  readonly checkpoint: Checkpoint | undefined;
  readonly described: (topic: string) => TopicDescription;
}): Promise<{
  readonly sources: readonly Source[];
  readonly recreated: readonly Source[];
  readonly repartitioned: readonly Repartitioned[];
}> => {
  const { stage, partition, checkpoint, described } = of;
  const places = stage.inputs.flatMap((input, place) => {
    const topic = input.topic.name;
    return input.whole
      ? Array.from({ length: described(topic).partitions }, (_, each) => ({ input, place, topic, partition: each }))
      : [{ input, place, topic, partition }];
  });
  const letters = noticeInput.topic.name;
  places.push({ input: noticeInput, place: places.length, topic: letters, partition: partition % described(letters).partitions });
  const ends = await of.log.ends(places);
  const recreated: Source[] = [];
  const sources = places.map(({ input, place, topic, partition: each }, index) => {
    const first = ends[index]?.first ?? 0;
    const known = checkpoint?.inputs[`${topic}/${each}`];
    if (!known) return new Source(input, place, each, first);
    if (checkpoint?.topicIds[topic] === described(topic).id) return new Source(input, place, each, known.next, known.last);
    const source = new Source(input, place, each, first, known.last);
    recreated.push(source);
    return source;
  });
  const repartitioned = stage.inputs.flatMap(({ topic: { name: topic } }) => {
    const before = checkpoint?.partitions[topic];
    const now = described(topic).partitions;
    return before !== undefined && before !== now ? [{ topic, before, now }] : [];
  });
  return { sources, recreated, repartitioned };
};
