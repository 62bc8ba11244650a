import { expect, test } from 'vitest';
import { locales, render, servedLocale } from '../../../src/care/messages/render.ts';
import type { Parameter, TemplateName } from '../../../src/policy/templates.ts';
import { templates } from '../../../src/policy/templates.ts';
import { formatMoney } from '../../../src/values/money.ts';

const names = Object.keys(templates) as TemplateName[];
const everyOne = Object.keys(locales).flatMap((locale) => names.map((name) => [locale, name] as const));

const facts = (locale: string, id: string): Record<Parameter, string> => ({
  order: id,
  title: id,
  promised: new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2026, 8, 30),
  ),
  amount: formatMoney({ amountMinor: 12_345_678, currency: 'BRL' }, locale),
});

test.each(everyOne)('in %s the message %s says all that it is given, and fits', (locale, name) => {
  const { short, long, parameters } = render(name, locale, facts(locale, 'o-1234'));
  expect(Object.keys(parameters).sort()).toEqual([...templates[name].parameters].sort());
  for (const value of Object.values(parameters)) {
    expect(long).toContain(value);
  }
  expect(`${short}${long}`).not.toMatch(/[{}]/);
  expect(short.length).toBeLessThanOrEqual(160);
});

test.each(everyOne)('in %s the short form of %s fits even with the longest ids', (locale, name) => {
  const { short, long } = render(name, locale, facts(locale, 'x'.repeat(128)));
  expect(short.length).toBeLessThanOrEqual(160);
  expect(long.length).toBeLessThanOrEqual(5_000);
});

test.each(everyOne)('in %s the message %s speaks of an amount only where it tells of money', (locale, name) => {
  const tellsMoney = templates[name].tellsOf === 'refund' || templates[name].tellsOf === 'credit';
  const words = locales[locale]?.[name];
  expect(`${words?.short}${words?.long}`.includes('{amount}')).toBe(tellsMoney);
});

test('a title with the signs of a template or of markup is shown as it is', () => {
  expect(render('slow-download-refunded', 'en', facts('en', "<b>{it's}</b>")).long).toContain("<b>{it's}</b>");
});

test.each([
  ['pt-BR', 'pt-BR'],
  ['pt', 'pt-BR'],
  ['pt-PT', 'pt-BR'],
  ['de-AT', 'de'],
  ['en-US', 'en'],
  ['fr', 'en'],
  [undefined, 'en'],
])('a customer who reads %s gets %s', (wanted, locale) => {
  expect(servedLocale(wanted)).toBe(locale);
});
