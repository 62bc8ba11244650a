import { describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.ts';
import { failingTests, judgePlanted } from './planted-tree.ts';

const seeds = [...new Set(plantedBugs.flatMap(({ foundBy }) => ('seeds' in foundBy ? foundBy.seeds : [])))].toSorted((a, b) => a - b);

// Two at a time: each is a process of its own, and there are two cores.
describe('of mistakes that are planted', { timeout: 120_000 }, () => {
  it.concurrent('none is found where none is planted', async () => {
    expect((await judgePlanted([], seeds)).filter(({ problems }) => problems.length > 0)).toEqual([]);
  });

  it.concurrent.each(plantedBugs)('the one by which $name is found', async ({ edits, foundBy, says, neverSays }) => {
    const said =
      'seeds' in foundBy
        ? (await judgePlanted(edits, foundBy.seeds)).flatMap(({ problems }) => problems)
        : await failingTests(edits, foundBy.tests);
    expect(said).toContainEqual(expect.stringMatching(says));
    if (neverSays) expect(said.filter((one) => neverSays.test(one))).toEqual([]);
  });
});
