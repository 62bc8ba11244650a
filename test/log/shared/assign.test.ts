import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assignable, Candidate } from '../../../src/log/shared/assign.ts';
import { assign } from '../../../src/log/shared/assign.ts';

const tasksOf = (stages: number, partitions: number, ownerOf: (index: number) => string | undefined): readonly Assignable[] =>
  Array.from({ length: stages * partitions }, (_, index) => {
    const stage = `stage-${Math.floor(index / partitions)}`;
    return { name: `${stage}/${index % partitions}`, stage, owner: ownerOf(index) };
  });

const membersOf = (count: number, tasks: readonly Assignable[]): readonly Candidate[] =>
  Array.from({ length: count }, (_, index) => ({ member: `m${index}`, tasks: new Set(tasks.map(({ name }) => name)) }));

const countOf = (given: ReadonlyMap<string, string>, member: string): number =>
  [...given.values()].filter((owner) => owner === member).length;

const sizes = fc.record({
  stages: fc.integer({ min: 1, max: 4 }),
  partitions: fc.integer({ min: 1, max: 8 }),
  members: fc.integer({ min: 1, max: 6 }),
  owners: fc.array(fc.option(fc.integer({ min: 0, max: 7 })), { minLength: 32, maxLength: 32 }),
});

describe('the assignment', () => {
  it('gives every task to one member, as evenly as can be', () => {
    fc.assert(
      fc.property(sizes, ({ stages, partitions, members, owners }) => {
        const tasks = tasksOf(stages, partitions, (index) => (typeof owners[index] === 'number' ? `m${owners[index]}` : undefined));
        const given = assign(tasks, membersOf(members, tasks));
        expect([...given.keys()].toSorted()).toEqual(tasks.map(({ name }) => name).toSorted());
        const counts = membersOf(members, tasks).map(({ member }) => countOf(given, member));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('takes from a member only what is above its share', () => {
    fc.assert(
      fc.property(sizes, ({ stages, partitions, members, owners }) => {
        const tasks = tasksOf(stages, partitions, (index) => (typeof owners[index] === 'number' ? `m${owners[index]}` : undefined));
        const given = assign(tasks, membersOf(members, tasks));
        const most = Math.ceil(tasks.length / members);
        for (const { member } of membersOf(members, tasks)) {
          const had = tasks.filter(({ owner }) => owner === member);
          const kept = had.filter(({ name }) => given.get(name) === member);
          expect(kept.length).toBeGreaterThanOrEqual(Math.min(had.length, Math.floor(tasks.length / members)));
          expect(kept.length).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('moves nothing that is even already', () => {
    const tasks = tasksOf(2, 6, (index) => `m${index % 3}`);
    const given = assign(tasks, membersOf(3, tasks));
    for (const { name, owner } of tasks) expect(given.get(name)).toBe(owner);
  });

  it('gives a newcomer of each stage its part', () => {
    const tasks = tasksOf(2, 8, () => 'm0');
    const given = assign(tasks, membersOf(2, tasks));
    const moved = tasks.filter(({ name }) => given.get(name) === 'm1').map(({ stage }) => stage);
    expect(moved.toSorted()).toEqual([...Array.from({ length: 4 }, () => 'stage-0'), ...Array.from({ length: 4 }, () => 'stage-1')]);
  });

  it('gives a task only to who can run it, and leaves out what nobody can', () => {
    const tasks = tasksOf(3, 2, () => undefined);
    const only = (member: string, stage: string): Candidate => ({
      member,
      tasks: new Set(tasks.filter((task) => task.stage === stage).map(({ name }) => name)),
    });
    const given = assign(tasks, [only('a', 'stage-0'), only('b', 'stage-1')]);
    expect([...given]).toEqual([
      ['stage-0/0', 'a'],
      ['stage-0/1', 'a'],
      ['stage-1/0', 'b'],
      ['stage-1/1', 'b'],
    ]);
  });
});
