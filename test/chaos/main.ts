import { chaosOptions } from './options.ts';
import { runChaos } from './run-chaos.ts';

const count = (number: number): string => number.toLocaleString('en');

const options = chaosOptions(process.argv.slice(2));
const again = `npm run chaos -- --minutes ${options.minutes} --seed ${options.seed} --brokers ${options.brokers}`;
process.stderr.write(`seed ${options.seed}; again: ${again}\n`);
const { tally, audit, minutes } = await runChaos(options);
const problems = [...tally.problems, ...audit.problems];
for (const problem of problems) process.stderr.write(`PROBLEM: ${problem}\n`);
if (problems.length > 0) process.stderr.write(`seed ${options.seed}; again: ${again}\n`);
process.stdout.write(
  `chaos: ${tally.total} faults in ${minutes.toFixed(1)} min (${tally.inWords()}); ` +
    `${count(audit.commands)} commands: ${audit.missing} missing, ${audit.double} double, ${audit.false} false` +
    `${problems.length > 0 ? `; ${problems.length} problems` : ''}\n`,
);
// What still waits for a broker that is gone would keep it alive.
process.exit(problems.length > 0 ? 1 : 0);
