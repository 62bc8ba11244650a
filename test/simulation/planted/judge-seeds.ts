import { compare } from '../oracle/compare.ts';
import { planOf } from '../plan.ts';
import { Run } from '../run.ts';

/** Of each seed in the arguments a line of JSON with its problems, until one has some. In a copy of the tree `oracle` is the original's. */
for (const seed of process.argv.slice(2).map(Number)) {
  const { observed, problems } = await new Run(planOf(seed)).run();
  const found = [...problems, ...compare(observed)];
  process.stdout.write(`${JSON.stringify({ seed, problems: found })}\n`);
  if (found.length > 0) break;
}
