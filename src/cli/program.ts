import { Command } from 'commander';
import { demo } from './demo.ts';
import { doctorVerb } from './doctor.ts';
import { explainVerb } from './explain.ts';
import { importVerb } from './import.ts';
import { policyVerb } from './policy.ts';
import { publishVerb } from './publish.ts';
import { releaseVerb } from './release.ts';
import { replayVerb } from './replay.ts';
import { runVerb } from './run-verb.ts';
import { switchVerbs } from './switch.ts';
import type { Terminal } from './terminal.ts';
import { topicsVerb } from './topics.ts';
import { version } from './version.ts';

const description = `Notices that something is going wrong for a customer, and commands the remedy before the customer has to ask.`;

const examples = `
Examples:
  amends demo                                          a holiday week in a minute: watch what goes wrong, and what is done
  amends policy check deploy/policy.yaml               all mistakes of a policy at once, with line and column
  amends import olist FOLDER --out o.ndjson            orders of a public data set as events (docs/event-files.md)
  amends replay o.ndjson --policy deploy/policy.yaml --out result
  amends explain c-1f0... --in result                  why did this customer get 12.99?
  amends topics create && amends doctor                what Kafka needs for it, and whether all is well
  amends run --act                                     as a service on your Kafka (docs/deploy.md)
  amends stop --by ana --why 'refunds look wrong'      no money moves from now on

Exit codes: 0 done, 1 mistakes in what was read (listed), 2 mistakes in what was typed, 3 a mistake of Amends.
Settings come from the environment: docs/configuration.md. More on each verb: amends help VERB, docs/cli.md.
`;

/** All verbs, speaking to this terminal. Errors are thrown (CommanderError for what was typed), never an exit. */
export const programFor = (terminal: Terminal): Command => {
  const program = new Command('amends')
    .description(description)
    .usage('VERB [options]')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this, or the help of a verb')
    .commandsGroup('Find the way:')
    .helpCommand('help [VERB]', 'print this, or the help of a verb')
    .addHelpText('after', examples)
    .showHelpAfterError('(amends help lists all verbs)')
    .exitOverride()
    .configureOutput({
      // What one types after `amends` is a verb; a command is what Amends orders.
      outputError: (text, write) => write(text.replace('unknown command', 'unknown verb')),
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.error(text),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });
  program.commandsGroup('See it work:');
  demo(program, terminal);
  program.commandsGroup('Run it on your Kafka:');
  runVerb(program, terminal);
  switchVerbs(program, terminal);
  releaseVerb(program, terminal);
  explainVerb(program, terminal);
  program.commandsGroup('Work with history:');
  importVerb(program, terminal);
  replayVerb(program, terminal);
  publishVerb(program, terminal);
  program.commandsGroup('Look after the policy:');
  policyVerb(program, terminal);
  program.commandsGroup('Look after the brokers:');
  topicsVerb(program, terminal);
  doctorVerb(program, terminal);
  // What is set on the program before is copied only to verbs made by it.
  return program;
};
