import { decisions } from '../../../src/topics/decisions.ts';
import type { Command } from '../../../src/topics/remedies.ts';
import { remedies, topicOf } from '../../../src/topics/remedies.ts';
import type { RemedyKind } from '../../../src/values/ids.ts';
import type { Fleet } from '../../engine/support/fleet.ts';

const kinds = Object.keys(remedies) as RemedyKind[];

const amountOf = (command: Command): string =>
  command.kind === 'refund' || command.kind === 'credit' ? ` ${command.money.amountMinor}` : '';

const commands = (fleet: Fleet): readonly Command[] => kinds.flatMap((kind) => fleet.values(topicOf(kind)));

/** Every command on the remedy topics as `customer kind amount id`, sorted; one that was ordered twice stands there twice. */
export const ordered = (fleet: Fleet): readonly string[] =>
  commands(fleet)
    .map((command) => `${command.customer} ${command.kind}${amountOf(command)} ${command.id}`)
    .sort();

/** Of those, what moves money or goods, for people: `customer gets: kind amount`, sorted. */
export const given = (fleet: Fleet): readonly string[] =>
  commands(fleet)
    .filter(({ kind }) => kind === 'refund' || kind === 'credit' || kind === 'replacement')
    .map((command) => `${command.customer} gets: ${command.kind}${amountOf(command)}`)
    .sort();

/** `customer outcome` of every decision, sorted. */
export const decided = (fleet: Fleet): readonly string[] =>
  fleet
    .values(decisions)
    .map(({ customer, outcome }) => `${customer} ${outcome}`)
    .sort();
