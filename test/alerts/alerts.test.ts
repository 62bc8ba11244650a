import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createMetrics } from '../../src/happenings/metrics.ts';
import { instant } from '../../src/values/time.ts';
import { findPromtool, runPromtool } from './promtool.ts';
import { allRules, pageOf, rulesPath, rulesText } from './rules.ts';

const root = join(import.meta.dirname, '..', '..');
const files = globSync('*.yml', { cwd: import.meta.dirname }).sort();

/** What a scrape of ours has, and what Prometheus adds. */
const metrics = createMetrics({ now: () => instant(0), wait: () => Promise.resolve() }).registry.getMetricsAsArray() as readonly {
  readonly name: string;
  readonly labelNames?: readonly string[];
}[];
const labelsOf = new Map(metrics.map(({ name, labelNames = [] }) => [name, [...labelNames, 'job', 'instance']]));
labelsOf.set('up', ['job', 'instance']);

const alerts = allRules().filter(({ alert }) => alert !== undefined);
const names = [...new Set(alerts.map(({ alert = '' }) => alert))].sort();
const pages = globSync('docs/runbooks/*.md', { cwd: root })
  .map((path) => basename(path, '.md'))
  .filter((page) => page !== 'README')
  .sort();

describe('the alert rules', () => {
  it('are about money, duplicates, input, clocks and dead letters', () => {
    expect(names).toEqual(['AmendsClockStandsStill', 'AmendsDeadLetters', 'AmendsDuplicateId', 'AmendsMoneyRate', 'AmendsNoInput']);
  });

  it('have a page each that says what to do, and no page is without an alert', () => {
    expect(pages).toEqual(names.map(pageOf).sort());
    for (const { alert = '', annotations } of alerts) expect(annotations?.['runbook_url']).toBe(`docs/runbooks/${pageOf(alert)}.md`);
  });

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('say of %s for how long, how bad, and what it means', (_name, alert) => {
    expect(alert.for).toMatch(/^[1-9]\d*m$/);
    expect(['critical', 'warning']).toContain(alert.labels?.['severity']);
    expect(alert.annotations?.['summary']?.length).toBeLessThan(150);
    expect(alert.annotations?.['description']?.length).toBeGreaterThan(100);
  });

  it('ask only for metrics that there are, or that they record themselves', () => {
    const recorded = new Set(allRules().map(({ record }) => record));
    const asked = allRules().flatMap(({ expr }) => expr.match(/[\w:]*\bamends_\w+\b[\w:]*/g) ?? []);
    expect(asked.length).toBeGreaterThan(20);
    expect([...new Set(asked)].filter((name) => !labelsOf.has(name) && !recorded.has(name))).toEqual([]);
  });

  it('group only by labels that their metrics have', () => {
    const known = new Set(['day', ...[...labelsOf.values()].flat()]);
    const grouped = allRules().flatMap(({ expr }) =>
      [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, by = '']) => by.split(/,\s*/)),
    );
    expect(grouped.filter((label) => !known.has(label))).toEqual([]);
  });

  it.each(files)('%s is tried on series as a process of ours would give them', (file) => {
    const { tests } = parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as {
      readonly tests: readonly { readonly input_series: readonly { readonly series: string }[] }[];
    };
    const series = tests.flatMap((each) => each.input_series.map((one) => one.series));
    const odd = series.filter((one) => {
      const [, name = '', inside = ''] = /^(\w+)\{(.*)\}$/.exec(one) ?? [];
      const labels = [...inside.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
      return [...labels].sort().join() !== [...(labelsOf.get(name) ?? [])].sort().join();
    });
    expect(odd).toEqual([]);
  });

  it('compare money with each of the last seven days', () => {
    const usual = allRules().find(({ record }) => record?.endsWith(':usual1h'))?.expr ?? '';
    expect([...usual.matchAll(/\[2h\] offset (\d+)h\), "day", "(\d)"/g)].map(([, hours, day]) => [Number(hours), Number(day)])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((day) => [24 * day - 1, day]),
    );
  });

  it('have a floor of money only for currencies that there are, one each', () => {
    const floors = allRules().flatMap(({ record, labels }) => (record?.endsWith(':floor') === true ? [labels?.['currency'] ?? ''] : []));
    expect(floors.length).toBeGreaterThan(5);
    expect(
      floors.filter((currency, at) => floors.indexOf(currency) !== at || !Intl.supportedValuesOf('currency').includes(currency)),
    ).toEqual([]);
  });
});

const promtool = findPromtool();
const isMissing = !('command' in promtool);
if (isMissing) {
  const line = '='.repeat(80);
  process.stderr.write(
    `\n${line}\nSKIPPED: the alert rules were not tried, because there is no promtool:\n${promtool.map((why) => `  - ${why}\n`).join('')}Install Prometheus, or name its promtool by PROMTOOL.\n${line}\n`,
  );
}

describe.skipIf(!isMissing || process.env['CI'] !== 'true')('without promtool', () => {
  it('nothing is proven where it counts', () => {
    expect(isMissing ? promtool : []).toEqual([]);
  });
});

describe.skipIf(isMissing)('promtool', { timeout: 150_000 }, () => {
  const run = (...words: readonly string[]) =>
    runPromtool('command' in promtool ? promtool : { command: '', prefix: [], via: 'path' }, ...words);
  const folder = mkdtempSync(join(tmpdir(), 'amends-alerts-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the rules and the configuration', () => {
    expect(run('check', 'rules', rulesPath)).toMatchObject({ isFine: true });
    expect(run('check', 'config', 'deploy/prometheus/prometheus.yml')).toMatchObject({ isFine: true });
  });

  it.each(files)('finds that they tell and keep silent as %s says', (file) => {
    const said = run('test', 'rules', join('test', 'alerts', file));
    expect(said.text).not.toContain('FAILED');
    expect(said.isFine).toBe(true);
  });

  /** The rules with a mistake in them, which the tests of a file must see. */
  const planted: readonly (readonly [what: string, file: string, right: RegExp, wrong: string])[] = [
    ['money is told without waiting', 'money-rate.yml', /for: 2m/, 'for: 0m'],
    ['money has no floor', 'money-rate.yml', /> on \(currency\) group_left \(\)\n[^]*?\+ 100000\n *\)/, '> -1'],
    [
      'what was ordered before the first scrape is lost',
      'money-rate.yml',
      /unless max_over_time\(amends_commands_amount_minor_total\[1d\] offset 1h\)/,
      'unless amends_commands_amount_minor_total',
    ],
    ['a lifetime is taken for an hour', 'money-rate.yml', /unless max_over_time\(amends_commands_amount_minor_total\[1d\] offset 1h\)/, ''],
    ['twice the usual is told', 'money-rate-days.yml', /> 3 \*/, '> 2 *'],
    ['the usual is that of all the day', 'money-rate-days.yml', /\[2h\] offset 23h/, '[1d] offset 1h'],
    ['the first duplicate is not seen', 'duplicate-id.yml', /\(\n *max_over_time\(amends_dup[^]*?\)\n *or increase/, 'increase'],
    [
      'a duplicate is told for ever',
      'duplicate-id-days.yml',
      /unless max_over_time\(amends_duplicate_commands_total\[1d\] offset 1d\)/,
      '',
    ],
    ['silence at night is told', 'no-input.yml', />= 20/, '>= 0'],
    [
      'an absent metric is not told',
      'no-input.yml',
      /unless job_topic:amends_records_consumed:last30m > 0/,
      'and job_topic:amends_records_consumed:last30m == 0',
    ],
    ['a stage without tasks is not told', 'no-input.yml', /unless sum by \(job, stage\)[^\n]*/, 'unless vector(1)'],
    [
      'silence is compared with yesterday only',
      'no-input-days.yml',
      /min_over_time\(job_topic:amends_records_consumed:last30m\[2h\] offset 167h\)\n *or /,
      '',
    ],
    [
      'old clocks of lost tasks are believed',
      'clock-stands-still.yml',
      /max by \(job, stage\) \(min by \(job, stage, partition\) /,
      'max by (job, stage) (max by (job, stage, partition) ',
    ],
    ['tasks without a clock are not told', 'clock-stands-still.yml', /or 0 \* sum by \(job, stage\) \(amends_tasks\)/, ''],
    [
      'a clock is told at once',
      'clock-stands-still.yml',
      /for: 10m(?=[^]{0,60}severity: critical\n {8}annotations:\n {10}summary: 'A clock)/,
      'for: 1m',
    ],
    ['the first letter is not seen', 'dead-letters.yml', /\(\n *max_over_time\(amends_dead[^]*?\)\n *or increase/, 'increase'],
    ['a few letters wake somebody', 'dead-letters.yml', />= 20\n {10}and/, '>= 0\n          and'],
    ['many good records do not count', 'dead-letters.yml', /> 0\.01 \*/, '> 0 *'],
  ];

  /** Only the groups that the mistake is in: promtool takes its time for each rule. */
  const changedGroups = (from: string, to: string): string => {
    interface Groups {
      readonly groups: readonly unknown[];
    }
    const before = (parse(from) as Groups).groups.map((group) => JSON.stringify(group));
    return stringify({ groups: (parse(to) as Groups).groups.filter((group) => !before.includes(JSON.stringify(group))) });
  };

  it.each(planted)('would find the mistake that %s', (_what, file, right, wrong) => {
    const text = rulesText();
    expect(text.match(right)).not.toBeNull();
    const home = mkdtempSync(join(folder, 'planted-'));
    mkdirSync(join(home, 'rules'));
    writeFileSync(join(home, 'rules', 'alerts.yml'), changedGroups(text, text.replace(right, wrong)));
    const tests = readFileSync(join(import.meta.dirname, file), 'utf8').replace(`../../${rulesPath}`, 'rules/alerts.yml');
    writeFileSync(join(home, file), tests);
    expect(run('check', 'rules', join(home, 'rules', 'alerts.yml'))).toMatchObject({ isFine: true });
    expect(run('test', 'rules', join(home, file)).isFine).toBe(false);
  });
});
