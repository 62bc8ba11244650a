import type { Stage } from '../../../src/engine/stage.ts';
import { changelogOf } from '../../../src/engine/topics.ts';
import type { Fleet } from '../../engine/support/fleet.ts';

/** The rows that a changelog holds once it is compacted and its tombstones are gone, as `stage table key`, sorted; the engine's own and the switch left out. */
export const remembered = (fleet: Fleet, stages: readonly Stage[]): readonly string[] =>
  stages
    .flatMap(({ name, rows }) => {
      const tables = new Set(rows.map(({ table }) => table.name).filter((table) => table !== 'controls'));
      const kept = new Map<string, boolean>();
      for (const { key, value } of fleet.broker.records(changelogOf('test', name)))
        if (key !== null) kept.set(key.toString('utf8'), value !== null);
      return [...kept].flatMap(([key, isThere]) => (isThere && tables.has(key.slice(0, key.indexOf(' '))) ? [`${name} ${key}`] : []));
    })
    .sort();
