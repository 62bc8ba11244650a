import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { textArgument } from './arguments.ts';
import { ourStages } from './our-topics.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly by: string;
  readonly why: string;
  readonly json?: true;
}

const stageArgument = (typed: string): string => {
  const names = ourStages().map(({ name }) => name);
  if (!names.includes(typed)) throw new InvalidArgumentError(`expected ${names.join(' or ')}`);
  return typed;
};

/** `amends release STAGE`: what a stage holds because of what came in goes on. */
export const releaseVerb = (program: Command, terminal: Terminal): void => {
  program
    .command('release')
    .description('let a stage go on that holds its timers and money (see /readyz) once the cause is mended')
    .argument('<STAGE>', 'delivery, streaming or care', stageArgument)
    .requiredOption('--by <NAME>', 'who releases it', textArgument)
    .requiredOption('--why <TEXT>', 'why, for whoever asks later', textArgument)
    .option('--json', 'what was released as one JSON document on standard output')
    .addHelpText(
      'after',
      '\nBefore: a producer that partitions wrongly is mended, or what came without a key is accounted for. After partitions were\nadded: restart the processes first.',
    )
    .action(async (stage: string, options: Options) => {
      await release(stage, options, terminal);
    });
};

const release = async (stage: string, { by, why, json }: Options, terminal: Terminal): Promise<void> => {
  const { deadLettersTopic } = await import('../engine/topics.ts');
  const { releaseNotices } = await import('../engine/release-notice.ts');
  const { withLog } = await import('./with-log.ts');
  await withLog(terminal, async ({ log, clock }) => {
    const { partitions } = await log.describe(deadLettersTopic);
    await log.append(releaseNotices({ stage, by, why, at: clock.now(), partitions }));
  });
  if (json) terminal.out(`${JSON.stringify({ released: stage, by, why })}\n`);
  else terminal.out(`${stage} is released: its tasks go on as soon as they have read it, which /readyz tells.\n`);
};
