import { IntlMessageFormat } from 'intl-messageformat';
import type { Parameter, TemplateName } from '../../policy/templates.ts';
import { templates } from '../../policy/templates.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import type { Messages } from './messages.ts';
import { ptBr } from './pt-br.ts';

/** The languages there are; the first is the last resort. */
export const locales: Readonly<Record<string, Messages>> = { en, de, 'pt-BR': ptBr };

/** The locale (BCP 47) of ours that serves a customer's best: the same, else the same language, else English. */
export const servedLocale = (wanted: string | undefined): string => {
  const names = Object.keys(locales);
  const [language = ''] = (wanted ?? '').toLowerCase().split(/[-_]/);
  return (
    names.find((name) => name.toLowerCase() === wanted?.toLowerCase()) ??
    names.find((name) => name.toLowerCase().split('-')[0] === language) ??
    'en'
  );
};

/** How much of an id or a title a short message shows. */
const shownInShort = 36;

const abbreviated = (value: string): string => (value.length <= shownInShort ? value : `${value.slice(0, shownInShort - 1)}…`);

const formats = new Map<string, IntlMessageFormat>();
const filled = (words: string, locale: string, parameters: Readonly<Record<string, string>>): string => {
  let format = formats.get(words);
  if (format === undefined) {
    format = new IntlMessageFormat(words, locale, undefined, { ignoreTag: true });
    formats.set(words, format);
  }
  return String(format.format(parameters));
};

/** A message as it is sent. */
export interface Rendered {
  readonly locale: string;
  /** What the template needs, in the locale's words. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly short: string;
  readonly long: string;
}

/** A template filled in for a locale of ours. Throws where a parameter that the template needs is missing (our bug: the checks see to it). */
export const render = (template: TemplateName, locale: string, facts: Readonly<Partial<Record<Parameter, string>>>): Rendered => {
  const words = (locales[locale] ?? en)[template];
  const parameters = Object.fromEntries(
    templates[template].parameters.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])),
  );
  const brief = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, abbreviated(value)]));
  return { locale, parameters, short: filled(words.short, locale, brief), long: filled(words.long, locale, parameters) };
};
