import type { Decision } from '../topics/decisions.ts';
import type { Command } from '../topics/remedies.ts';
import { durationInWords } from '../values/duration.ts';
import { formatMoney } from '../values/money.ts';
import type { Instant } from '../values/time.ts';
import type { Audited } from './audited.ts';
import { placeName } from './place-name.ts';

/** `2026-12-25 02:01:00 UTC`. */
export const timeInWords = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const figure = ([name, value]: readonly [string, number]): string =>
  name.endsWith('Ms') ? `${name.slice(0, -2)} ${durationInWords(value)}` : `${name} ${value}`;

/** What a command gives, in one line. */
const commandInWords = (command: Command): string => {
  switch (command.kind) {
    case 'refund':
    case 'credit': {
      const of = command.components
        .map(({ component, line, money }) => `${component}${line === undefined ? '' : ` ${line}`} ${formatMoney(money, 'en')}`)
        .join(', ');
      return `${command.kind} ${formatMoney(command.money, 'en')} (${of}; ${formatMoney(command.givenBefore, 'en')} given before; at the cost of ${command.fundedBy})`;
    }
    case 'replacement':
      return `replacement of ${command.lines.join(', ')} (${command.service})`;
    case 'notification':
      return `message "${command.short}" (${command.locale}, not before ${timeInWords(command.notBefore)})`;
    case 'escalation':
      return `handed to an associate (${command.skill}, by ${timeInWords(command.dueAt)}): ${command.summary}`;
    case 'return':
      return `return of ${command.lines.join(', ')}`;
    case 'retraction':
      return `taken back: ${command.of}`;
  }
};

const outcomes: Readonly<Record<Decision['outcome'], string>> = {
  ordered: 'ordered',
  waiting: 'waits',
  held: 'held',
  shadow: 'in shadow (decided, not ordered)',
  approval: 'waits for approval',
  holdout: 'left out for comparison',
  historic: 'old news: nothing is done by itself',
  nothing: 'nothing is done',
};

const decisionInWords = (decision: Decision, place: string): string[] => {
  const step = decision.step === undefined ? '' : ` on "${decision.step}"`;
  const rule = decision.rule === '' ? 'no rule' : `rule ${decision.rule}`;
  return [
    `decided${step}: ${outcomes[decision.outcome]} (${rule}, policy ${decision.policyVersion} ${decision.policy.slice(0, 12)}) [${place}]`,
    ...decision.because.map(({ check, saw, needed, passed }) => `  ${passed ? 'yes' : 'no '}  ${check}: ${saw} (needed: ${needed})`),
    ...(decision.again === undefined ? [] : [`  looked at again at ${timeInWords(decision.again)}`]),
    ...(decision.outcome === 'shadow' ? decision.commands.map((command) => `  would have ordered: ${commandInWords(command)}`) : []),
    `  rests on ${decision.evidence.map(placeName).join(', ') || 'nothing but the rule'}`,
  ];
};

/** A record of the time line in plain words: one line, and what belongs to it indented below. */
export const recordInWords = ({ what, value, position }: Audited): string[] => {
  const place = placeName(position);
  switch (what) {
    case 'issue': {
      const { finding, state, revision, detector } = value;
      const change = state === 'closed' ? 'closed by itself' : revision === 1 ? 'problem found' : 'problem opened again or changed';
      const figures = Object.entries(finding.numbers).map(figure);
      return [
        `${change}: ${detector} (${finding.reason}), true since ${timeInWords(finding.since)}${figures.length === 0 ? '' : `: ${figures.join(', ')}`} [${place}]`,
        ...(state === 'open'
          ? [
              `  seen in ${finding.evidence.map(placeName).join(', ') || 'no single record'}${finding.absence ? ', and in the silence since' : ''}`,
            ]
          : []),
      ];
    }
    case 'decision':
      return decisionInWords(value, place);
    case 'command':
      return [`ordered: ${commandInWords(value)}`, `  ${value.id}, to be done by ${timeInWords(value.expiresAt)} [${place}]`];
  }
};
