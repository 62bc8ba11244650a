import type { Command } from 'commander';
import type { Log } from '../engine/log.ts';
import type { Clock } from '../values/time.ts';
import { textArgument } from './arguments.ts';
import type { Standing } from './switch/standing.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly by: string;
  readonly why: string;
  readonly policy: string;
  readonly json?: true;
}

/** The policy that is spoken of. */
interface Spoken {
  readonly file: string;
  readonly hash: string;
}

/** `amends stop`, `amends arm` and `amends switch`: whether money may move. */
export const switchVerbs = (program: Command, terminal: Terminal): void => {
  const turning = (name: string): Command =>
    program
      .command(name)
      .requiredOption('--by <NAME>', 'who turns it', textArgument)
      .requiredOption('--why <TEXT>', 'why, for whoever asks later', textArgument)
      .option('--json', 'how it stands then as one JSON document on standard output');
  turning('stop')
    .description('stop all money at once; problems are still found, and messages sent')
    .action(async ({ by, why, json }: Options) => {
      const { turnSwitch } = await import('./switch/turn.ts');
      await tell(terminal, json, undefined, (log, clock) => turnSwitch(log, clock, { state: 'stopped', by, why }));
    });
  turning('arm')
    .description('let money move under this policy, and no other')
    .requiredOption('--policy <FILE>', 'the policy, YAML')
    .action(async ({ by, why, policy: file, json }: Options) => {
      const { turnSwitch } = await import('./switch/turn.ts');
      const policy = await spoken(file);
      await tell(terminal, json, policy, (log, clock) => turnSwitch(log, clock, { state: 'armed', by, why, policy: policy.hash }));
    });
  program
    .command('switch')
    .description('say whether money may move, who said so, and why')
    .option('--policy <FILE>', 'say whether it may under this policy')
    .option('--json', 'the same as one JSON document on standard output')
    .action(async ({ policy: file, json }: Partial<Options>) => {
      const { readStanding } = await import('./switch/standing.ts');
      await tell(terminal, json, file === undefined ? undefined : await spoken(file), readStanding);
    });
};

const spoken = async (file: string): Promise<Spoken> => {
  const { readPolicyFile } = await import('./read-policy-file.ts');
  return { file, hash: (await readPolicyFile(file)).hash };
};

const tell = async (
  terminal: Terminal,
  json: true | undefined,
  policy: Spoken | undefined,
  ask: (log: Log, clock: Clock) => Promise<Standing>,
): Promise<void> => {
  const { withLog } = await import('./with-log.ts');
  const { standingInWords } = await import('./switch/in-words.ts');
  const { standingAsData } = await import('./switch/as-data.ts');
  const standing = await withLog(terminal, ({ log, clock }) => ask(log, clock));
  terminal.out(json ? `${JSON.stringify(standingAsData(standing, policy))}\n` : `${standingInWords(standing, policy).join('\n')}\n`);
};
