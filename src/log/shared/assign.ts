/** A member as the assignment sees it: which tasks it can run. */
export interface Candidate {
  readonly member: string;
  readonly tasks: ReadonlySet<string>;
}

/** A task as the assignment sees it, and who has it now. */
export interface Assignable {
  readonly name: string;
  readonly stage: string;
  readonly owner: string | undefined;
}

/** What one member has been given: how many tasks in all, and which of each stage. */
class Load {
  readonly candidate: Candidate;
  readonly #byStage = new Map<string, string[]>();
  total = 0;

  constructor(candidate: Candidate) {
    this.candidate = candidate;
  }

  add({ name, stage }: Assignable): void {
    const names = this.#byStage.get(stage);
    if (names) names.push(name);
    else this.#byStage.set(stage, [name]);
    this.total += 1;
  }

  remove({ name, stage }: Assignable): void {
    const names = this.#byStage.get(stage) ?? [];
    names.splice(names.indexOf(name), 1);
    this.total -= 1;
  }

  of(stage: string): number {
    return this.#byStage.get(stage)?.length ?? 0;
  }
}

/**
 * Who is to have each task: by name, the member. As even as can be over all tasks and then over those of each stage, with
 * as few moves as that takes; what nobody can run is missing. Depends on nothing but the order of its arguments.
 */
export const assign = (tasks: readonly Assignable[], candidates: readonly Candidate[]): ReadonlyMap<string, string> => {
  const loads = candidates.map((candidate) => new Load(candidate));
  const given = new Map<string, Load>();
  const give = (task: Assignable, to: Load): void => {
    given.get(task.name)?.remove(task);
    given.set(task.name, to);
    to.add(task);
  };
  const canRun = (task: Assignable): Load[] => loads.filter(({ candidate }) => candidate.tasks.has(task.name));

  for (const task of tasks) {
    const owner = canRun(task).find(({ candidate }) => candidate.member === task.owner);
    if (owner) give(task, owner);
  }
  for (const task of tasks) {
    if (given.has(task.name)) continue;
    const [least] = canRun(task).toSorted((a, b) => a.total - b.total || a.of(task.stage) - b.of(task.stage));
    if (least) give(task, least);
  }
  for (let move = bestMove(tasks, given, canRun); move; move = bestMove(tasks, given, canRun)) give(move.task, move.to);
  return new Map([...given].map(([name, { candidate }]) => [name, candidate.member]));
};

/** The move that levels most: from who has at least two more, and of the stage where the difference is largest. */
const bestMove = (
  tasks: readonly Assignable[],
  given: ReadonlyMap<string, Load>,
  canRun: (task: Assignable) => readonly Load[],
): { readonly task: Assignable; readonly to: Load } | undefined => {
  let best: { readonly task: Assignable; readonly to: Load; readonly gap: number; readonly stageGap: number } | undefined;
  for (const task of tasks) {
    const from = given.get(task.name);
    if (!from) continue;
    for (const to of canRun(task)) {
      const gap = from.total - to.total;
      const stageGap = from.of(task.stage) - to.of(task.stage);
      if (gap >= 2 && (!best || gap > best.gap || (gap === best.gap && stageGap > best.stageGap))) best = { task, to, gap, stageGap };
    }
  }
  return best;
};
