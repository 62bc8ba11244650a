import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** `amends policy check FILE`: all mistakes of a policy at once. */
export const policyVerb = (program: Command, terminal: Terminal): void => {
  const verb = program.command('policy').description('the file that maps problems to remedies');
  verb
    .command('check')
    .description('list all mistakes of a policy, each as file:line:column')
    .argument('<FILE>', 'the policy, YAML')
    .option('--json', 'the verdict as one JSON document on standard output')
    .action(async (file: string, { json }: { readonly json?: true }) => {
      const { readPolicyFile } = await import('./read-policy-file.ts');
      const policy = await readPolicyFile(file);
      const rules = policy.rules.map(({ name, issue, mode }) => ({ name, issue, mode }));
      if (json) terminal.out(`${JSON.stringify({ file, version: policy.version, hash: policy.hash, rules })}\n`);
      else {
        const width = Math.max(...rules.map(({ name }) => name.length));
        terminal.out(`${file}: no mistakes. Version ${policy.version}, SHA-256 ${policy.hash}\n`);
        for (const { name, issue, mode } of rules) terminal.out(`  ${mode.padEnd(7)} ${name.padEnd(width)}  for ${issue}\n`);
      }
    });
};
