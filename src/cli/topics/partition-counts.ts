import type { Stage } from '../../engine/stage.ts';
import { changelogOf } from '../../engine/topics.ts';

/** Topics that must have the same number of partitions: one key's records meet in one task. */
export interface Together {
  readonly stages: readonly string[];
  readonly topics: readonly string[];
}

/** Of each stage its keyed inputs and its changelog; stages that share one of them are together. */
export const togetherIn = (stages: readonly Stage[], application: string): readonly Together[] => {
  let groups: readonly Together[] = [];
  for (const { name, inputs } of stages) {
    const own = [...inputs.filter(({ whole }) => !whole).map(({ topic }) => topic.name), changelogOf(application, name)];
    const touching = groups.filter(({ topics }) => topics.some((topic) => own.includes(topic)));
    const merged = {
      stages: [...touching.flatMap((group) => group.stages), name],
      topics: [...new Set([...touching.flatMap(({ topics }) => topics), ...own])],
    };
    groups = [...groups.filter((group) => !touching.includes(group)), merged];
  }
  return groups;
};

/** Topics of one group that are there with different numbers of partitions. */
export interface Disagreement extends Together {
  readonly there: readonly { readonly topic: string; readonly partitions: number }[];
}

/**
 * How many partitions each topic of a group gets: as many as those of it that are there already have, else `otherwise`. Where
 * they disagree nobody can tell, and the group is among `disagreeing`.
 */
export const partitionCounts = (
  groups: readonly Together[],
  there: ReadonlyMap<string, { readonly partitions: number }>,
  otherwise: number,
): { readonly counts: ReadonlyMap<string, number>; readonly disagreeing: readonly Disagreement[] } => {
  const counts = new Map<string, number>();
  const disagreeing: Disagreement[] = [];
  for (const group of groups) {
    const existing = group.topics.flatMap((topic) => {
      const found = there.get(topic);
      return found ? [{ topic, partitions: found.partitions }] : [];
    });
    if (new Set(existing.map(({ partitions }) => partitions)).size > 1) disagreeing.push({ ...group, there: existing });
    else for (const topic of group.topics) counts.set(topic, existing[0]?.partitions ?? otherwise);
  }
  return { counts, disagreeing };
};
