import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');

/** Where the rules are, from the root of the project. */
export const rulesPath = 'deploy/prometheus/alerts.yml';

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The text of the rules as delivered. */
export const rulesText = (): string => readFileSync(join(root, rulesPath), 'utf8');

/** All rules as delivered, in their order. */
export const allRules = (): readonly Rule[] => {
  const { groups } = parse(rulesText()) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
};

/** `AmendsMoneyRate` has the page `money-rate`. */
export const pageOf = (alert: string): string =>
  alert
    .replace(/^Amends/, '')
    .replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
